import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { createAuthenticator } from '../../src/access/authenticate.ts'
import { readSettings } from '../../src/config/settings.ts'
import { createLog } from '../../src/observability/log.ts'
import { eventually, within } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'

const MINUTE_MS = 60_000
const OVERLOADED = { code: 'overloaded', retryable: true }

let key: JWK
let privateKey: CryptoKey
beforeAll(async () => {
  const pair = await generateKeyPair('ES256')
  privateKey = pair.privateKey
  key = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256' }
})

const signed = (kid = 'k') =>
  new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('1h').sign(privateKey)

/** A provider of keys whose answers a test chooses, and an authenticator that asks it. */
async function start() {
  const giveKeys = (response: ServerResponse) => response.end(JSON.stringify({ keys: [key] }))
  const provider = { answer: (response: ServerResponse): unknown => giveKeys(response), requests: 0 }
  const server = createServer((_request, response) => {
    provider.requests += 1
    provider.answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(() => void stop())
  const lines: string[] = []
  const log = createLog({ LOG_LEVEL: 'info', REPLICA_ID: 'r1' }, { write: (line) => void lines.push(line) })
  const clock = new HandClock()
  const url = `http://anna:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/keys?key=hush`
  const authenticator = createAuthenticator(readSettings({ AUTH: 'jwt', JWT_JWKS_URL: url }), log, clock)
  return {
    provider,
    clock,
    giveKeys,
    stop,
    authenticate: async (kid?: string) => authenticator.authenticate(await signed(kid)),
    logged: () => lines.map((line) => JSON.parse(line)),
  }
}

const unavailable = (response: ServerResponse) => response.writeHead(503).end('out of order')

test('[X3] keys that were had go on while newer ones cannot be had, for a day, and few ask for those', async () => {
  const { provider, clock, authenticate } = await start()
  await authenticate()
  provider.answer = unavailable
  await clock.advance(11 * MINUTE_MS)
  for (let i = 0; i < 20; i++) expect(await authenticate()).toMatchObject({ user: 'ada' })
  expect(provider.requests).toBe(2)
  await expect(authenticate('unknown')).rejects.toMatchObject(OVERLOADED)
  expect(provider.requests).toBe(2)
  await clock.advance(MINUTE_MS)
  expect(await authenticate()).toMatchObject({ user: 'ada' })
  await eventually('the provider is asked again', () => provider.requests === 3)
  await clock.advance(24 * 60 * MINUTE_MS)
  await expect(authenticate()).rejects.toMatchObject(OVERLOADED)
})

test('[X3] an outage of the keys is logged once, with its cause, and so is its end', async () => {
  const { provider, clock, giveKeys, authenticate, logged } = await start()
  provider.answer = unavailable
  for (let i = 0; i < 3; i++) {
    await expect(authenticate()).rejects.toMatchObject(OVERLOADED)
    await clock.advance(MINUTE_MS)
  }
  expect(provider.requests).toBe(3)
  expect(logged()).toMatchObject([{ level: 'warn', setting: 'JWT_JWKS_URL', err: { message: 'status 503' } }])
  provider.answer = giveKeys
  await authenticate()
  await authenticate()
  expect(logged().slice(1)).toMatchObject([{ level: 'info', msg: expect.stringMatching(/can be had again$/) }])
})

test('[X3] the log says why nobody gives keys, and not by which password they were asked for', async () => {
  const { stop, authenticate, logged } = await start()
  await stop()
  await expect(authenticate()).rejects.toMatchObject(OVERLOADED)
  expect(logged()).toMatchObject([{ level: 'warn', err: { code: 'ECONNREFUSED' } }])
  expect(logged()[0].err.message).toMatch(/ECONNREFUSED 127\.0\.0\.1/)
  expect(JSON.stringify(logged())).not.toMatch(/anna|hunter2|hush/)
})

test.each([
  ['no JSON', '<html>'],
  ['no set of keys', '{"error":"not found"}'],
])('[X3] %s in the place of keys is an outage, too', async (_what, body) => {
  const { provider, authenticate, logged } = await start()
  provider.answer = (response) => response.end(body)
  await expect(authenticate()).rejects.toMatchObject(OVERLOADED)
  expect(logged()).toMatchObject([{ level: 'warn' }])
})

test('[X3] who waits for keys that do not come is told so before a client gives its connection up', async () => {
  const { provider, authenticate } = await start()
  provider.answer = () => {}
  const refused = expect(authenticate()).rejects.toMatchObject(OVERLOADED)
  await within('the refusal', refused, 3000)
})

test('[X3] a provider that hangs holds up the first who asks, and nobody who has kept keys later', async () => {
  const { provider, clock, authenticate, logged } = await start()
  await authenticate()
  provider.answer = () => {}
  await clock.advance(11 * MINUTE_MS)
  await authenticate()
  expect(logged()).toHaveLength(1)
  await clock.advance(MINUTE_MS)
  const answered = authenticate()
  await eventually('the provider is asked again', () => provider.requests === 3)
  await within('a token is checked meanwhile', answered, 1000)
})
