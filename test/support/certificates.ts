import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files of a certificate authority of a test's own, and of what it signed for 127.0.0.1. */
export interface Certificates {
  readonly ca: string
  readonly caKey: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
  /** Arguments of a redis-server, or a Sentinel, that speaks TLS at `port` with clients that show a certificate, and with nobody else. */
  redisArguments(port: number): readonly string[]
  remove(): void
}

/** `extensions`: further lines of what the certificates say, as openssl has them. */
export function makeCertificates(extensions = ''): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'baton-tls-'))
  const file = (name: string) => join(directory, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const ca = { cert: file('ca.crt'), key: file('ca.key') }
  openssl('req', '-x509', ...newKey, '-subj', '/CN=Test CA', '-keyout', ca.key, '-out', ca.cert)
  writeFileSync(file('extensions'), `subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n${extensions}`)
  const signed = (name: string) => {
    const [cert, key, request] = [file(`${name}.crt`), file(`${name}.key`), file(`${name}.csr`)]
    openssl('req', ...newKey.slice(0, -2), '-subj', `/CN=${name}`, '-keyout', key, '-out', request)
    const authority = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '2']
    openssl('x509', '-req', '-in', request, ...authority, '-extfile', file('extensions'), '-out', cert)
    return { cert, key }
  }
  const server = signed('server')
  return {
    ca: ca.cert,
    caKey: ca.key,
    server,
    client: signed('client'),
    redisArguments: (port) => [
      ...['--tls-port', `${port}`, '--tls-replication', 'yes', '--tls-cluster', 'yes', '--tls-auth-clients', 'yes'],
      ...['--tls-cert-file', server.cert, '--tls-key-file', server.key, '--tls-ca-cert-file', ca.cert],
    ],
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
