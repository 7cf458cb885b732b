import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Certificates, makeCertificates } from './certificates.ts'

/** Certificates whose authority says by OCSP, on 127.0.0.1, that the server's is good; openssl makes the replies. */
export async function makeStapledCertificates(): Promise<Certificates & { readonly chain: string }> {
  let certificates: Certificates
  const file = (name: string) => `${certificates.ca}.${name}`
  const responder = createServer(({ url = '' }, response) => {
    // As nginx asks: by GET, with the request in the path.
    writeFileSync(file('asked'), Buffer.from(decodeURIComponent(url.slice(1)), 'base64'))
    const signing = ['-CA', certificates.ca, '-rsigner', certificates.ca, '-rkey', certificates.caKey, '-ndays', '1']
    const files = ['-index', file('index'), '-reqin', file('asked'), '-respout', file('said')]
    execFileSync('openssl', ['ocsp', ...files, ...signing], { stdio: 'pipe' })
    response.setHeader('content-type', 'application/ocsp-response').end(readFileSync(file('said')))
  }).listen(0, '127.0.0.1')
  await once(responder, 'listening')
  const { port } = responder.address() as AddressInfo
  certificates = makeCertificates(`authorityInfoAccess=OCSP;URI:http://127.0.0.1:${port}\n`)
  const { cert } = certificates.server
  const serial = execFileSync('openssl', ['x509', '-noout', '-serial', '-in', cert], { encoding: 'utf8' })
  const line = ['V', '491231235959Z', '', serial.trim().replace('serial=', ''), 'unknown', '/CN=server']
  writeFileSync(file('index'), `${line.join('\t')}\n`)
  const chain = `${cert}.chain`
  writeFileSync(chain, readFileSync(cert, 'utf8') + readFileSync(certificates.ca, 'utf8'))
  return {
    ...certificates,
    chain,
    remove() {
      responder.closeAllConnections()
      responder.close()
      certificates.remove()
    },
  }
}
