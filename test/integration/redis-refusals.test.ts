/** What an operator reads where the settings do not lead to a Redis that can be used. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import type { RedisSettings } from '../../src/store/redis/endpoint.ts'
import { RedisUnusable } from '../../src/store/redis/unusable.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { freePort, startRedis, type TestRedis } from '../support/redis.ts'
import { startMasters } from '../support/redis-cluster.ts'
import { MASTER, type Sentinel, startSentinel } from '../support/redis-sentinel.ts'

let plain: TestRedis
let locked: TestRedis
let node: TestRedis
let sentinel: Sentinel
let certificates: Certificates
beforeAll(async () => {
  certificates = makeCertificates()
  plain = await startRedis()
  locked = await startRedis(['--requirepass', 'hunter2'])
  const [master = expect.fail()] = await startMasters(1)
  node = master
  sentinel = await startSentinel(plain.port, 600_000)
})
afterAll(async () => {
  await Promise.all([plain?.stop(), locked?.stop(), node?.stop(), sentinel?.stop()])
  certificates?.remove()
})
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Longer than any test: who is refused within it is refused at once. */
const NEVER_MS = 600_000
const LATER_MS = 500

async function refused(settings: RedisSettings, sentence: string | RegExp, waitMs = NEVER_MS) {
  const start = connectRedis(settings, silentLog, waitMs)
  await expect(start).rejects.toBeInstanceOf(RedisUnusable)
  await expect(start).rejects.toMatchObject({
    message: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
  })
}

/** A Cluster that is looked for at `place` alone is refused for this reason, which also says what to do. */
async function refusedByCluster(place: string, settings: Partial<RedisSettings>, reason: string) {
  const url = `${settings.REDIS_TLS_CA === undefined ? 'redis' : 'rediss'}://${place}`
  const told = `The Redis Cluster at ${place}, ${place} did not answer within 0.5 s (${reason}`
  await refused({ REDIS_URL: [url, url], ...settings }, told, LATER_MS)
}

function sentinels(port: number, REDIS_MASTER = MASTER, scheme = 'redis'): RedisSettings {
  return { REDIS_URL: [`${scheme}://127.0.0.1:1`], REDIS_SENTINELS: [`127.0.0.1:${port}`], REDIS_MASTER }
}

/** A Cluster of one node that speaks TLS at 127.0.0.1 and 127.0.0.2, and is told to clients as `announced`. */
async function secureNode(announced = '127.0.0.1') {
  const [tlsPort, busPort] = [await freePort(), await freePort()]
  const server = await startRedis([
    ...[...certificates.redisArguments(tlsPort), '--bind', '127.0.0.1', '127.0.0.2'],
    ...['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-announce-ip', announced],
  ])
  ends.push(server.stop)
  const admin = new Redis(server.port)
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16383)
  await expect.poll(() => admin.cluster('INFO'), { timeout: 10_000 }).toMatch(/cluster_state:ok/)
  admin.disconnect()
  return tlsPort
}

function files(): Partial<RedisSettings> {
  const { ca, client } = certificates
  return { REDIS_TLS_CA: ca, REDIS_TLS_CERT: client.cert, REDIS_TLS_KEY: client.key }
}

test('[R4] servers that are no nodes of a Cluster are refused at once', async () => {
  const told = `Redis at 127.0.0.1:${plain.port} is no node of a Cluster: REDIS_URL must name the master alone, or REDIS_SENTINELS list its Sentinels`
  await refused({ REDIS_URL: [plain.url, plain.url] }, told)
  await refused({ REDIS_URL: ['redis://127.0.0.1:1', plain.url] }, told)
})

test('[R4] Sentinels in REDIS_URL are refused at once', async () => {
  const url = `redis://127.0.0.1:${sentinel.port}`
  const told = `Redis at 127.0.0.1:${sentinel.port} is a Sentinel: it belongs in REDIS_SENTINELS, and its group's name in REDIS_MASTER`
  await refused({ REDIS_URL: [url] }, told)
  await refused({ REDIS_URL: [`${url}/1`] }, told)
  await refused({ REDIS_URL: [url, url] }, told)
})

test('[R4] one address of a Cluster is refused at once, and taken where it stands there twice', async () => {
  const told = `Redis at 127.0.0.1:${node.port} is a node of a Cluster: REDIS_URL must list several of them, separated by commas, or its one address twice`
  await refused({ REDIS_URL: [node.url] }, told)
  await refused({ REDIS_URL: [`${node.url}/1`] }, told)
  const connections = await connectRedis({ REDIS_URL: [node.url, node.url] }, silentLog)
  await connections.close()
})

test('[R4] one server that is no node of the Cluster does no harm beside one that is', async () => {
  const connections = await connectRedis({ REDIS_URL: [plain.url, node.url] }, silentLog)
  await connections.close()
})

test('[R4] in REDIS_SENTINELS what is no Sentinel is refused at once, and so is a group that none of them knows', async () => {
  for (const { port } of [plain, node]) {
    await refused(
      sentinels(port),
      `Redis at 127.0.0.1:${port} is no Sentinel: REDIS_SENTINELS must list Sentinels, whose usual port is 26379`,
    )
  }
  await refused(
    sentinels(sentinel.port, 'other'),
    `The Sentinel at 127.0.0.1:${sentinel.port} knows no group "other": is REDIS_MASTER right?`,
  )
})

test('[R4] a login that Sentinels refuse is told at once, as theirs', async () => {
  const start = connectRedis(sentinels(locked.port), silentLog, NEVER_MS)
  await expect(start).rejects.toThrow(
    /^The Sentinel at \S+ asks for a password: REDIS_SENTINEL_PASSWORD must be its password, unless it is no Sentinel, whose usual port is 26379$/,
  )
})

test('[R4] what is no Redis is told at once as such', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  ends.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `redis://127.0.0.1:${port}`
  const told = `Redis at 127.0.0.1:${port} is no Redis: what listens there speaks another protocol`
  await refused({ REDIS_URL: [url] }, told)
  await refused({ REDIS_URL: [url, url] }, told)
  await refused(sentinels(port), told)
})

test('[R4] a Cluster or Sentinels that cannot be reached are told with the reason', async () => {
  const question = 'is it running, and is REDIS_URL right?'
  await refusedByCluster('127.0.0.1:1', {}, `connect ECONNREFUSED 127.0.0.1:1): ${question}`)
  await refusedByCluster('nohost.invalid:1', {}, `getaddrinfo ENOTFOUND nohost.invalid): ${question}`)
  await refused(
    sentinels(1),
    `The Redis "${MASTER}" of the Sentinels 127.0.0.1:1 did not answer within 0.5 s (connect ECONNREFUSED 127.0.0.1:1): is it running, and are REDIS_SENTINELS and REDIS_MASTER right?`,
    LATER_MS,
  )
})

test('[R4] a Cluster that lacks a master, or slots, is told by what it lacks', async () => {
  const [server = expect.fail(), other = expect.fail()] = await startMasters(2)
  ends.push(server.stop, other.stop)
  await other.kill()
  const place = `127.0.0.1:${server.port}`
  const question = 'is it running, and is REDIS_URL right?'
  await refusedByCluster(place, {}, `connect ECONNREFUSED 127.0.0.1:${other.port}): ${question}`)

  const empty = await startRedis(['--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`])
  ends.push(empty.stop)
  await refusedByCluster(`127.0.0.1:${empty.port}`, {}, `its masters serve 0 of 16384 slots): ${question}`)
})

test('[R6] what is wrong with TLS is told, of a Cluster too, and what to do about it', async () => {
  const { REDIS_TLS_CA } = files()
  const [port, elsewhere] = await Promise.all([secureNode(), secureNode('127.0.0.2')])
  const place = `127.0.0.1:${port}`
  const url = `rediss://${place}`
  const untrusted = `${place}: self-signed certificate in certificate chain): REDIS_TLS_CA must name the authority that signed its certificate`
  const uninvited = `${place}: tlsv13 alert certificate required): REDIS_TLS_CERT and REDIS_TLS_KEY must name a certificate that it accepts`

  const misnamed =
    /\(Hostname\/IP does not match certificate's altnames: IP: 127\.0\.0\.2 .*\): its certificate must name the address that it is reached at$/
  const twice = (address: string) => [`rediss://${address}`, `rediss://${address}`]
  await Promise.all([
    refusedByCluster(place, { REDIS_URL: [url, url] }, untrusted),
    refusedByCluster(place, { REDIS_TLS_CA }, uninvited),
    refused({ REDIS_URL: twice(`127.0.0.2:${port}`), ...files() }, misnamed, LATER_MS),
    // A Cluster sends its clients to where it is announced.
    refused({ REDIS_URL: twice(`127.0.0.1:${elsewhere}`), ...files() }, misnamed, LATER_MS),
  ])
})

test('[R6] TLS on one side alone is told as such', async () => {
  const place = `127.0.0.1:${await secureNode()}`
  const plainly =
    /did not answer within 0\.5 s \(.*\): is it running, or does it want TLS \(REDIS_URL=rediss:\/\/…\)\?$/
  const secretly = 'connect ETIMEDOUT): is it running, and does it speak TLS at this port?'
  const url = `rediss://127.0.0.1:${node.port}`
  await Promise.all([
    refused({ REDIS_URL: [`redis://${place}`] }, plainly, LATER_MS),
    refused({ REDIS_URL: [`redis://${place}`, `redis://${place}`] }, plainly, LATER_MS),
    refused({ REDIS_URL: [url] }, `Redis at 127.0.0.1:${node.port} did not answer within 3 s (${secretly}`, 3000),
    refusedByCluster(`127.0.0.1:${node.port}`, { REDIS_URL: [url, url] }, `127.0.0.1:${node.port}: ${secretly}`),
    refused(
      sentinels(sentinel.port, MASTER, 'rediss'),
      `The Redis "${MASTER}" of the Sentinels 127.0.0.1:${sentinel.port} did not answer within 0.5 s (127.0.0.1:${sentinel.port}: ${secretly}`,
      LATER_MS,
    ),
  ])
})
