/** Redis as operators run it: TLS with client certificates, alone, behind Sentinels with a password, and as a Cluster. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import type { RedisSettings } from '../../src/store/redis/endpoint.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import { RedisUnusable } from '../../src/store/redis/unusable.ts'
import { exchange, newSession, read } from '../contract/session-store/fixtures.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { freePort, spawnRedis, startRedis } from '../support/redis.ts'

let certificates: Certificates
beforeAll(() => {
  certificates = makeCertificates()
})
afterAll(() => certificates?.remove())
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A redis-server that speaks TLS at `tlsPort`, and plainly with whoever arranges the test. */
async function secureRedis(options: readonly string[] = []) {
  const tlsPort = await freePort()
  const server = await startRedis([...certificates.redisArguments(tlsPort), ...options])
  ends.push(server.stop)
  return { server, tlsPort }
}

function files(): Partial<RedisSettings> {
  const { ca, client } = certificates
  return { REDIS_TLS_CA: ca, REDIS_TLS_CERT: client.cert, REDIS_TLS_KEY: client.key }
}

async function works(settings: RedisSettings) {
  const connections = await connectRedis(settings, silentLog, 5000)
  ends.push(connections.close)
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
  const { id } = await newSession(store)
  const { message } = await exchange(store, id, 'by TLS')
  expect((await read(store, id)).messages?.at(-1)).toEqual(message)
}

test("[R6] a client's certificate opens a Redis that asks for one", async () => {
  const { tlsPort } = await secureRedis()
  await works({ REDIS_URL: [`rediss://127.0.0.1:${tlsPort}`], ...files() })
  await works({ REDIS_URL: [`redis://127.0.0.1:${tlsPort}`], ...files() })
})

test('[R6] without the certificate, or without who signed the server’s, the start is refused and says so', async () => {
  const { tlsPort } = await secureRedis()
  const REDIS_URL = [`rediss://127.0.0.1:${tlsPort}`]
  await expect(connectRedis({ REDIS_URL }, silentLog, 500)).rejects.toThrow(/self-signed|unable to verify/)
  const { REDIS_TLS_CA } = files()
  const uninvited = connectRedis({ REDIS_URL, REDIS_TLS_CA }, silentLog, 500)
  await expect(uninvited).rejects.toBeInstanceOf(RedisUnusable)
  await expect(uninvited).rejects.toThrow(/did not answer within 0.5 s/)
})

test('[R6] a start that is given up in the middle of its handshakes ends as refused, and ends nothing else', async () => {
  const { tlsPort } = await secureRedis()
  const starts = Array.from({ length: 60 }, (_, each) =>
    connectRedis({ REDIS_URL: [`rediss://127.0.0.1:${tlsPort}`] }, silentLog, each * 3),
  )
  for (const { reason } of (await Promise.allSettled(starts)) as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(RedisUnusable)
  }
})

test('[R4] files that cannot be used are named', async () => {
  const { REDIS_TLS_CA: ca, REDIS_TLS_CERT: cert, REDIS_TLS_KEY: key } = files()
  const refused = (settings: Partial<RedisSettings>) =>
    expect(connectRedis({ REDIS_URL: ['rediss://127.0.0.1:1'], ...settings }, silentLog, 100)).rejects
  await refused({ REDIS_TLS_CA: '/nowhere/ca.pem' }).toThrow('REDIS_TLS_CA="/nowhere/ca.pem": cannot be read (ENOENT')
  await refused({ REDIS_TLS_CA: import.meta.filename }).toThrow(
    `REDIS_TLS_CA="${import.meta.filename}": is no PEM file`,
  )
  await refused({ REDIS_TLS_CERT: cert }).toThrow('REDIS_TLS_CERT and REDIS_TLS_KEY: one needs the other')
  await refused({ REDIS_TLS_CERT: ca, REDIS_TLS_KEY: key }).toThrow(
    'REDIS_TLS_CERT, REDIS_TLS_KEY, REDIS_TLS_CA: cannot be used (',
  )
})

test('[R6] Sentinels are reached by IPv6, by TLS and with a password of their own', async () => {
  const { tlsPort } = await secureRedis(['--requirepass', 'hunter2', '--masterauth', 'hunter2'])
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'baton-sentinel-'))
  ends.push(() => rmSync(directory, { recursive: true, force: true }))
  const lines = [
    'port 0',
    'bind ::1 127.0.0.1',
    `dir ${directory}`,
    'requirepass watchword',
    `sentinel monitor chat 127.0.0.1 ${tlsPort} 1`,
    'sentinel auth-pass chat hunter2',
  ]
  const file = join(directory, 'sentinel.conf')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const sentinel = await spawnRedis([file, ...certificates.redisArguments(port), '--sentinel'], '+monitor master')
  ends.push(async () => {
    const gone = once(sentinel, 'exit')
    if (sentinel.kill('SIGKILL')) await gone
  })
  const settings = {
    REDIS_URL: ['rediss://:hunter2@ignored'],
    REDIS_SENTINELS: [`[::1]:${port}`],
    REDIS_MASTER: 'chat',
    ...files(),
  }
  await works({ ...settings, REDIS_SENTINEL_PASSWORD: 'watchword' })
  await expect(connectRedis(settings, silentLog, 500)).rejects.toThrow(/REDIS_SENTINEL_PASSWORD must be its password/)
})

test('[R6] a Cluster is reached by TLS with a certificate', async () => {
  const busPort = await freePort()
  const options = ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-announce-ip', '127.0.0.1']
  const { server, tlsPort } = await secureRedis(options)
  const admin = new Redis(server.port)
  ends.push(() => admin.disconnect())
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16383)
  await expect.poll(() => admin.cluster('INFO'), { timeout: 10_000 }).toMatch(/cluster_state:ok/)
  const url = `rediss://127.0.0.1:${tlsPort}`
  await works({ REDIS_URL: [url, url], ...files() })
})
