/** One master of a Cluster is full or silent (G1): its sessions stand still, and everybody is told. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import { item, newSession, start } from '../contract/session-store/fixtures.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import type { TestRedis } from '../support/redis.ts'
import { startMasters } from '../support/redis-cluster.ts'
import type { TestClient } from '../support/test-client.ts'
import { numbered, WORD_MS } from './fixtures.ts'

const keys = new Keys()
const ANSWERS = 8

let masters: TestRedis[]
let gateways: Cluster
beforeAll(async () => {
  masters = await startMasters(3)
  gateways = await startCluster({ env: { REDIS_URL: masters.map(({ url }) => url).join() } })
})
afterAll(async () => {
  await gateways?.stop()
  for (const master of masters ?? []) await master.stop()
})

/** Connections to the masters that have the replica's lease, and that have not. */
async function adminsByLease(): Promise<{ leased: Redis[]; others: Redis[] }> {
  const address = String(gateways.replica(0).logs.find(({ msg }) => msg === 'listening')?.address)
  const admins = masters.map(({ port }) => new Redis(port))
  const own = await Promise.all(admins.map((admin) => admin.exists(keys.lease(address)).catch(() => 0)))
  return { leased: admins.filter((_, i) => own[i] === 1), others: admins.filter((_, i) => own[i] !== 1) }
}

/** Makes sessions until `count` are served by that master. */
async function sessionsAt(admin: Redis, client: TestClient, count: number): Promise<string[]> {
  const found: string[] = []
  while (found.length < count) {
    const id = await client.newSession()
    if ((await admin.exists(keys.session(id)).catch(() => 0)) === 1) found.push(id)
  }
  return found
}

test('[G1] [F7] the operator is told by `baton_redis_up` and one line, those who wait by `activity`, and all goes on by itself', async () => {
  const replica = gateways.replica(0)
  const metric = async (name: string) =>
    new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(await (await fetch(`${replica.url}/metrics`)).text())?.[1]
  const client = await gateways.connect(0)
  const { leased, others } = await adminsByLease()
  const [full] = others as [Redis]
  const sessions = await sessionsAt(full, client, ANSWERS + 1)
  const idle = sessions.pop() as string
  // Some are still being written when it is told, and of the others only the end is due.
  const texts = [numbered(1000), numbered(100)]
  const textOf = (i: number) => texts[i % texts.length] as string
  gateways.model.answers(({ turns }) => textOf(Number(turns.at(-1)?.content)), { everyMs: WORD_MS })
  const answers = await Promise.all(
    sessions.map(async (sessionId, i) => (await client.send(sessionId, String(i))).answer.id),
  )
  await Promise.all(answers.map((id) => client.text(id, 50)))
  const since = replica.logs.length

  await full.config('SET', 'maxmemory', '1')
  await eventually('baton_redis_up is 0', async () => (await metric('baton_redis_up')) === '0')
  const activities = () => new Set(client.all('activity').map(({ messageId, kind }) => `${messageId} ${kind}`))
  await client.until('every answer says why it stands still', () => activities().size === ANSWERS)
  expect(activities()).toEqual(new Set(answers.map((id) => `${id} retrying`)))
  expect(
    await client.refusal('message:send', { sessionId: idle, id: crypto.randomUUID(), content: 'Hi' }),
  ).toMatchObject({
    code: 'overloaded',
    retryable: true,
  })
  expect(await metric('baton_memory_mode')).toBe('0')

  await full.config('SET', 'maxmemory', '0')
  for (const [i, id] of answers.entries()) {
    expect(await client.ended(id)).toMatchObject({ content: textOf(i), status: 'complete' })
  }
  await eventually('baton_redis_up is 1', async () => (await metric('baton_redis_up')) === '1')
  const lines = replica.logs.slice(since).filter(({ level }) => level === 'warn')
  expect(lines).toEqual([
    expect.objectContaining({ msg: 'append failed, trying again' }),
    expect.objectContaining({
      msg: 'a node of Redis takes no writes: its sessions stand still',
      node: expect.stringContaining('127.0.0.1:'),
      reason: expect.stringContaining('OOM'),
    }),
  ])
  expect(replica.logs.filter(({ msg }) => msg === 'the node of Redis takes writes again')).toHaveLength(1)
  for (const admin of [...leased, ...others]) admin.disconnect()
})

test('[F2] [S3] [D1] of what a replica asks about many at once, a silent master keeps back only its own', async () => {
  const unavailable: string[] = []
  const connections = await connectRedis({ REDIS_URL: masters.map(({ url }) => url) }, silentLog)
  onTestFinished(() => connections.close())
  const onUnavailable = (session: string) => void unavailable.push(session)
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 9, log: silentLog, onUnavailable })
  const frozen = masters.find(({ port }) => connections.nodes.nameOf(keys.membership).endsWith(`:${port}`)) as TestRedis
  const isThere = (key: string) => connections.nodes.nameOf(key).endsWith(`:${frozen.port}`)
  const first = async <T>(make: () => Promise<T>, found: (one: T) => boolean): Promise<T> => {
    for (;;) {
      const one = await make()
      if (found(one)) return one
    }
  }
  const answers = await Promise.all(
    [true, false].map(async (there) => {
      const { id } = await first(
        () => newSession(store),
        (one) => isThere(keys.session(one.id)) === there,
      )
      return { sessionId: id, epoch: (await start(store, id)).epoch }
    }),
  )
  const addresses = await Promise.all(
    [true, false].map((there) =>
      first(
        async () => crypto.randomUUID(),
        (one) => isThere(keys.lease(one)) === there,
      ),
    ),
  )
  const memberships = addresses.map((address) => new RedisMembership(connections, { address, leaseMs: 60_000 }))
  for (const membership of memberships) await membership.start()
  const ask = () =>
    Promise.all([
      store.keep(answers),
      store.remaining(answers.map(({ sessionId }) => sessionId)),
      store.append(answers.map(({ sessionId, epoch }) => item(sessionId, epoch, 0, 'text'))),
      memberships[1]?.liveness(addresses),
      memberships[1]?.connected(addresses),
      Promise.all([memberships[1]?.renew(), memberships[1]?.renew()]), // as by the beat, and to see whether Redis is there
    ])
  const alive = { connected: true, leaseMs: expect.any(Number), owns: false }
  const ms = expect.any(Number)
  const all = [
    [[], []],
    [ms, ms],
    ['stored', 'stored'],
    [alive, alive],
    [true, true],
    [1, 1],
  ]
  expect(await ask()).toEqual(all)

  frozen.freeze()
  onTestFinished(() => frozen.thaw())
  const half = [
    [undefined, []],
    [undefined, ms],
    ['later', 'stored'],
    [undefined, alive],
    [undefined, true],
    [1, 1],
  ]
  expect(await ask(), 'its connection stands, and nothing comes').toEqual(half)
  await eventually('its connection is given up', () => connections.state() === 'away')
  expect(await ask(), 'there is no connection to it').toEqual(half)
  expect(new Set(unavailable)).toEqual(new Set([keys.session(String(answers[0]?.sessionId))]))

  frozen.thaw()
  await expect.poll(ask, { timeout: 10_000 }).toEqual(all)
})
