import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { BusMessage } from '../../src/ports/bus.ts'
import { type LogFields, silentLog } from '../../src/ports/log.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { RedisBus } from '../../src/store/redis/bus.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'
import { redisRateLimiter } from '../../src/store/redis/rate-limiter.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import { newSession } from '../contract/session-store/fixtures.ts'
import { startRedis } from '../support/redis.ts'
import { MASTER, REPLICAS, startSentinel, TestSentinelGroup } from '../support/redis-sentinel.ts'
import { Traffic } from '../support/redis-traffic.ts'

const tolerant = { timeout: 10_000 }
/** A command's time limit, a second for the replicas, and what a busy machine adds. */
const LONGEST_MS = 20_000
/** Where no Redis is: it must not matter. */
const REDIS_URL = ['redis://127.0.0.1:1']

let group: TestSentinelGroup
const ends: (() => unknown)[] = []
beforeAll(async () => {
  group = await TestSentinelGroup.start()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => group?.stop())

async function connect(more: { REDIS_WAIT?: number; REDIS_SENTINELS?: string[]; REDIS_MASTER?: string } = {}) {
  const connections = await connectRedis({ REDIS_URL, ...group.settings, ...more }, silentLog, 5000)
  ends.push(connections.close)
  return connections
}

async function replica(address: string) {
  const connections = await connect()
  const bus = new RedisBus(connections, { address, log: silentLog })
  ends.push(() => bus.close())
  const received: BusMessage[] = []
  bus.receive((note) => void received.push(note))
  await bus.start()
  const membership = new RedisMembership(connections, { address, leaseMs: 20_000 })
  await membership.start()
  return { bus, membership, received, connections }
}

async function traffic(REDIS_WAIT: number) {
  const connections = await connect({ REDIS_WAIT })
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 10_000, log: silentLog })
  const running = new Traffic(store, { failsOver: true })
  ends.push(() => running.stop())
  await running.start(3)
  return { running, connections }
}

test('[R4] the master is found though some of the Sentinels are away', async () => {
  const [sentinel = ''] = group.settings.REDIS_SENTINELS
  const connections = await connect({ REDIS_SENTINELS: ['127.0.0.1:1', sentinel] })
  expect(await connections.commands.info('server')).toContain(`tcp_port:${(await group.master()).port}\r\n`)
})

test('[R4] a Sentinel that takes a mere copy for the master is passed over', async () => {
  const master = await startRedis()
  const copy = await startRedis(['--replicaof', `127.0.0.1 ${master.port}`])
  ends.push(master.stop, copy.stop)
  const never = 600_000
  const [wrong, right] = [await startSentinel(copy.port, never), await startSentinel(master.port, never)]
  ends.push(wrong.stop, right.stop)
  const named = await wrong.admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)
  expect(named).toEqual(['127.0.0.1', String(copy.port)])
  const REDIS_SENTINELS = [wrong, right].map(({ port }) => `127.0.0.1:${port}`)
  const connections = await connectRedis({ REDIS_URL, REDIS_SENTINELS, REDIS_MASTER: MASTER }, silentLog)
  ends.push(connections.close)
  expect(await connections.commands.info('server')).toContain(`tcp_port:${master.port}\r\n`)
})

test('[G1] however long all Sentinels are away, a connection gathers no listeners, and says so once', async () => {
  const server = await startRedis()
  ends.push(server.stop)
  const sentinel = await startSentinel(server.port, 600_000)
  ends.push(sentinel.stop)
  const said: unknown[] = []
  const warn = ({ connection, reason }: LogFields) => void (connection === 'commands' && said.push(reason))
  const settings = { REDIS_URL, REDIS_SENTINELS: [`127.0.0.1:${sentinel.port}`], REDIS_MASTER: MASTER }
  const { nodes, close } = await connectRedis(settings, { ...silentLog, warn })
  ends.push(close)
  const redis = nodes.of('any')
  let errors = 0
  redis.on('error', () => errors++)
  await sentinel.stop()
  await server.kill()
  await expect.poll(() => errors, tolerant).toBeGreaterThan(10)
  expect(redis.stream.listenerCount('error')).toBeLessThan(5)
  const noMaster = 'no Sentinel names a master that can be reached'
  expect(said.filter((reason) => reason === noMaster)).toHaveLength(1)
})

test('[M1] a master killed in the middle: nothing acknowledged is lost, and all goes on by itself', async () => {
  const [a, b] = [await replica('a.1'), await replica('b.1')]
  const { running, connections } = await traffic(1)
  expect(new Set(running.talks.map((talk) => talk.persisted))).toEqual(new Set([true]))

  const victim = await group.master()
  await victim.kill()
  await expect.poll(() => connections.state()).toBe('away')
  const promoted = await group.promoted(victim)
  await running.progress()
  await expect.poll(() => connections.state(), { timeout: 10_000 }).toBe('ready')
  await expect.poll(() => new Set(running.talks.map((talk) => talk.persisted)), tolerant).toEqual(new Set([true]))

  const note: BusMessage = { kind: 'watch', sessionId: 's', watcher: 'a.1' }
  await expect
    .poll(() => {
      a.bus.send('b.1', note)
      return b.received
    }, tolerant)
    .toContainEqual(note)
  const alive = { connected: true, leaseMs: expect.any(Number), owns: false }
  const feel = async () => {
    await Promise.all([a.membership.renew(), b.membership.renew()])
    return a.membership.liveness(['a.1', 'b.1'])
  }
  await expect.poll(feel, tolerant).toEqual([alive, alive])
  const limiter = redisRateLimiter(connections, { name: 'sentinel', points: 2 })
  const taken = [await limiter.take('ann'), await limiter.take('ann'), await limiter.take('ann')]
  expect(taken).toEqual([expect.any(Function), expect.any(Function), expect.any(Number)])

  await victim.restart()
  await group.whole(promoted)
  await running.progress()
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect(running.refusals).toBeGreaterThan(0)
  expect(running.slowestMs).toBeLessThan(LONGEST_MS)
})

test('[M1] [G7] a failover that an operator asks for: the old master is left at once, though it lives and takes writes', async () => {
  const { running, connections } = await traffic(REPLICAS) // what the promoted one has not is not acknowledged as persisted
  await group.failOver(async (old, promoted) => {
    const admin = new Redis(old.port)
    ends.push(() => admin.disconnect())
    const master = async () => /tcp_port:(\d+)/.exec(await connections.commands.info('server').catch(() => ''))?.[1]
    await expect.poll(master, tolerant).toBe(String(promoted.port))
    expect(await admin.call('ROLE')).toContain('master')
    const open = async () => / name=baton-/.test(String(await admin.client('LIST')))
    await expect.poll(open, tolerant).toBe(false)
    await running.progress()
  })
  await running.stop()
  expect(await running.differences()).toEqual([])
})

test('[G1] a frozen master costs bounded waits until it is replaced, and does no harm when it is back', async () => {
  const { running } = await traffic(1)
  const victim = await group.master()
  victim.freeze()
  const promoted = await group.promoted(victim)
  await running.progress()
  victim.thaw()
  await group.whole(promoted)
  await running.progress()
  await running.stop()
  expect(await running.differences()).toEqual([])
  expect(running.slowestMs).toBeLessThan(LONGEST_MS)
})

test('[G1] a Redis that was made a mere copy refuses as StoreUnavailable, and is asked anew until it takes writes', async () => {
  const [server, other] = [await startRedis(), await startRedis()]
  ends.push(server.stop, other.stop)
  const connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
  ends.push(connections.close)
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
  let connects = 0
  connections.commands.on('ready', () => connects++)
  const admin = await connectRedis({ REDIS_URL: [server.url] }, silentLog) // a connection that asks nothing of the store
  ends.push(admin.close)
  await admin.commands.call('REPLICAOF', '127.0.0.1', other.port)
  const refused = newSession(store)
  await expect(refused).rejects.toBeInstanceOf(StoreUnavailable)
  await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringMatching(/READONLY/) } })
  await expect.poll(() => connects, tolerant).toBeGreaterThan(0)
  await admin.commands.call('REPLICAOF', 'NO', 'ONE')
  await expect.poll(() => newSession(store).then(({ lastSeq }) => lastSeq), tolerant).toBe(0)
})

test('[G1] many writes that are refused at once by a mere copy end its connection once', async () => {
  const [server, other] = [await startRedis(), await startRedis()]
  ends.push(server.stop, other.stop)
  const connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
  ends.push(connections.close)
  const redis = connections.nodes.of('any')
  const { stream } = redis
  const listeners = stream.listenerCount('close')
  const writes = [
    redis.call('REPLICAOF', '127.0.0.1', other.port),
    ...Array.from({ length: 20 }, () => redis.set('x', 1)),
  ]
  const reasons = (await Promise.allSettled(writes)).map((write) =>
    write.status === 'rejected' ? String(write.reason) : '',
  )
  expect(reasons.filter((reason) => reason.includes('READONLY'))).toHaveLength(20)
  expect(stream.listenerCount('close')).toBeLessThanOrEqual(listeners + 1)
})
