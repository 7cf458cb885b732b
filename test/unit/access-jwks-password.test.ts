import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { readSettings } from '../../src/config/settings.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'

test('[X3] a name and a password in JWT_JWKS_URL are told to the provider of the keys', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://anna:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  const authenticator = createAuthenticator(readSettings({ AUTH: 'jwt', JWT_JWKS_URL: url }), silentLog, systemClock)
  const token = await new SignJWT({ sub: 'u' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setExpirationTime('1h')
    .sign(privateKey)
  const identity = await authenticator.authenticate(token).finally(() => server.close())
  expect(identity).toBeTruthy()
  expect(asked).toEqual([`Basic ${btoa('anna:hunter2')}`])
})
