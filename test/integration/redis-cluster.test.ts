import { createServer } from 'node:http'
import { createShardedAdapter } from '@socket.io/redis-adapter'
import { Server } from 'socket.io'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { BusMessage } from '../../src/ports/bus.ts'
import { silentLog } from '../../src/ports/log.ts'
import { RedisBus } from '../../src/store/redis/bus.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'
import { redisRateLimiter } from '../../src/store/redis/rate-limiter.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import { item, newSession, R2, read, start } from '../contract/session-store/fixtures.ts'
import { startMasters, TestRedisCluster } from '../support/redis-cluster.ts'
import { fillRedis, LOADS_SLOWLY, untilLoading } from '../support/redis-loading.ts'

const names = new Keys()

const tolerant = { timeout: 10_000 }

let cluster: TestRedisCluster
const ends: (() => unknown)[] = []
beforeAll(async () => {
  cluster = await TestRedisCluster.start()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => cluster?.stop())

async function connect(): Promise<RedisConnections> {
  const connections = await connectRedis({ REDIS_URL: cluster.urls }, silentLog)
  ends.push(connections.close)
  return connections
}

async function newStore(): Promise<RedisSessionStore> {
  return new RedisSessionStore(await connect(), { ttlSeconds: 600, maxMessages: 100, log: silentLog })
}

/** One replica's end of the bus, and what it received. */
async function replica(address: string) {
  const connections = await connect()
  const bus = new RedisBus(connections, { address, log: silentLog })
  ends.push(() => bus.close())
  const received: BusMessage[] = []
  bus.receive((note) => void received.push(note))
  await bus.start()
  return { bus, received, connections }
}

const watch = (watcher: string): BusMessage => ({ kind: 'watch', sessionId: 's', watcher })

test('[R4] some of the nodes that are named may be away, and those that are not named are found', async () => {
  const [url = ''] = cluster.urls
  const connections = await connectRedis({ REDIS_URL: ['redis://127.0.0.1:1', url] }, silentLog)
  ends.push(connections.close)
  expect(connections.state()).toBe('ready')
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await connections.nodes.of(key).exists(key)).toBe(0)
})

test('[G7] a node that still reads its data is waited for, at start and later', async () => {
  const servers = await startMasters(2, [...LOADS_SLOWLY, '--cluster-node-timeout', '60000'])
  for (const server of servers) ends.push(server.stop)
  const [, server = expect.fail()] = servers
  const REDIS_URL = servers.map(({ url }) => url)
  const first = await connectRedis({ REDIS_URL }, silentLog)
  ends.push(first.close)
  const key = [...Array(100).keys()].map(String).find((key) => first.nodes.nameOf(key).endsWith(`:${server.port}`))
  const read = ({ nodes }: RedisConnections) => nodes.of(key ?? '').incr(key ?? '')
  expect(await read(first)).toBe(1)
  await fillRedis(server, key)
  const back = Promise.withResolvers<number>()
  first.onState((state) => state === 'ready' && read(first).then(back.resolve, back.reject))
  await server.kill()
  await expect.poll(() => first.state()).toBe('away')
  const loaded = server.restart()
  await untilLoading(server)
  const second = await connectRedis({ REDIS_URL }, silentLog, 30_000)
  ends.push(second.close)
  await read(second)
  expect(await back.promise).toBeGreaterThan(1)
  await loaded
})

test('calls on many sessions that are made together are one write to each node', async () => {
  const connections = await connect()
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
  const sessions = await Promise.all(Array.from({ length: 40 }, () => newSession(store)))
  const nodes = connections.nodes.all().map(({ stream }) => ({
    one: vi.spyOn(stream, '_write'),
    many: vi.spyOn(stream, '_writev'),
  }))
  await Promise.all(sessions.map(({ id }) => read(store, id)))
  for (const { one, many } of nodes) {
    expect(one.mock.calls.filter(([chunk]) => String(chunk).includes('evalsha'))).toEqual([])
    expect(many).toHaveBeenCalledOnce()
  }
})

test('the bus goes on after the slot of its channel has moved, also back and forth', async () => {
  const [a, b] = [await replica('a.1'), await replica('b.1')]
  for (let move = 1; move <= 4; move++) {
    const note = watch(`after move ${move}`)
    await cluster.moveSlotOf(names.bus('b.1'))
    await expect
      .poll(() => {
        a.bus.send('b.1', note)
        return b.received.at(-1)
      }, tolerant)
      .toEqual(note)
  }
})

test('the bus goes on after the master of its channel was killed', async () => {
  const [a, b] = [await replica('a.2'), await replica('b.2')]
  const victim = await cluster.masterOf(names.bus('b.2'))
  await victim.kill()
  await cluster.whole()
  await expect
    .poll(() => {
      a.bus.send('b.2', watch('after the failover'))
      return b.received
    }, tolerant)
    .toContainEqual(watch('after the failover'))
  await expect.poll(() => b.connections.state(), tolerant).toBe('ready')
  await victim.restart()
  await cluster.whole()
})

test('[F2] masters that are replaced at an operator’s word are followed, though nothing else is asked of them', async () => {
  const join = async (address: string) => {
    const { connections, bus, received } = await replica(address)
    const membership = new RedisMembership(connections, { address, leaseMs: 20_000 })
    await membership.start()
    return { membership, bus, received }
  }
  const [a, b] = [await join('a.4'), await join('b.4')]
  for (const key of [names.lease('b.4'), names.bus('b.4'), names.lease('a.4')])
    await cluster.switchFrom(await cluster.masterOf(key))
  const alive = { connected: true, leaseMs: expect.any(Number), owns: false }
  const feel = async () => {
    await Promise.all([a.membership.renew(), b.membership.renew()]) // as each does three times a lease
    return a.membership.liveness(['a.4', 'b.4'])
  }
  await expect.poll(() => feel().catch(String), tolerant).toEqual([alive, alive])
  a.bus.send('b.4', watch('after the failovers'))
  await expect.poll(() => b.received, tolerant).toContainEqual(watch('after the failovers'))
})

test('[F2] a slot that moves makes nobody look dead', async () => {
  const join = async (address: string) => {
    const { connections } = await replica(address)
    const membership = new RedisMembership(connections, { address, leaseMs: 20_000 })
    await membership.start()
    return { membership, connections }
  }
  const [a] = [await join('a.3'), await join('b.3')]
  const alive = { connected: true, leaseMs: expect.any(Number), owns: false }
  const feel = () => a.membership.liveness(['a.3', 'b.3'])
  expect(await feel()).toEqual([alive, alive])
  for (let move = 0; move < 3; move++) {
    await cluster.moveSlotOf(names.lease('b.3'))
    await a.connections.commands.exists(names.lease('b.3')) // so that a knows the new place, where b may not listen yet
    expect(await feel()).toEqual([alive, undefined])
    await expect.poll(feel, tolerant).toEqual([alive, alive])
    for (let i = 0; i < 20; i++) expect(await feel(), 'and so it stays').toEqual([alive, alive])
  }
})

test('the adapter reaches rooms of other replicas, also after their slots have moved', async () => {
  const make = async () => {
    const connections = await connect()
    const { publisher, subscriber } = connections.adapter
    const io = new Server(createServer(), { adapter: createShardedAdapter(publisher, subscriber) })
    ends.push(() => io.close())
    return { io, connections }
  }
  const [a, b] = [await make(), await make()]
  const heard: string[] = []
  b.io.on('greeting', (text: string) => void heard.push(text))
  const greet = (text: string) => {
    a.io.serverSideEmit('greeting', text)
    return heard
  }
  await expect.poll(() => greet('before'), tolerant).toContain('before')
  expect(await a.io.fetchSockets(), 'b answers, with none').toEqual([])
  b.io.of('/').adapter.addAll('socket', new Set(['a room of many']))
  const room = 'socket.io#/#a room of many#'
  const listeners = async () => {
    const [, count] = (await a.connections.nodes.of(room).call('PUBSUB', 'SHARDNUMSUB', room)) as [string, number]
    return count
  }
  await expect.poll(listeners, tolerant).toBe(1)
  for (const channel of ['socket.io#/#', room]) await cluster.moveSlotOf(channel)
  await expect.poll(() => greet('after'), tolerant).toContain('after')
  await expect.poll(listeners, tolerant).toBe(1)
})

test('[X5] the rate limiter counts over all replicas', async () => {
  const limiters = await Promise.all(
    [1, 2].map(async () => redisRateLimiter(await connect(), { name: 'cluster', points: 6 })),
  )
  for (const key of ['ann', 'bob', 'cleo', '127.0.0.1']) {
    const taken = await Promise.all([1, 2, 3, 4, 5].flatMap(() => limiters.map((limiter) => limiter.take(key))))
    expect(taken.filter((one) => typeof one === 'function')).toHaveLength(6)
  }
})

test('[D1] an answer whose slot is on its way is appended to and kept wherever its keys are', async () => {
  const store = await newStore()
  const stays = await newSession(store)
  const moves = await newSession(store, 'ann', R2)
  const [other, epochs] = [await start(store, stays.id), await start(store, moves.id)]
  const { epoch } = epochs
  let stored = ''
  const append = async (text: string, sequence?: number) => {
    const bookmark = sequence === undefined ? null : { responseId: 'resp_1', sequence }
    const items = [
      item(moves.id, epoch, Buffer.byteLength(stored), text, { bookmark }),
      item(stays.id, other.epoch, Buffer.byteLength(stored), text),
      item(moves.id, epoch + 9, 0, 'stale'),
    ]
    expect(await store.append(items)).toEqual(['stored', 'stored', 'fenced'])
    expect(await store.append(items), 'again, after a lost reply').toEqual(['stored', 'stored', 'fenced'])
    stored += text
  }
  await append('before ')
  const move = await cluster.startMove(names.session(moves.id))
  await append('announced ')
  await move.migrate((key) => key === names.text(moves.id, epoch))
  await append('text moved ')
  const withBookmark = append('bookmarked ', 7)
  await expect.poll(() => store.remaining([moves.id, stays.id])).toEqual([expect.any(Number), expect.any(Number)])
  await move.migrate()
  const kept = store.keep([
    { sessionId: moves.id, epoch },
    { sessionId: stays.id, epoch: other.epoch },
    { sessionId: stays.id, epoch: other.epoch + 1 },
  ])
  await move.finish()
  await withBookmark
  expect(await kept).toEqual([[R2], [], null])
  await append('and after')
  expect((await read(store, moves.id)).running).toMatchObject({
    text: stored,
    bookmark: { responseId: 'resp_1', sequence: 7 },
  })
  expect((await read(store, stays.id)).running?.text).toBe(stored)
  expect((await store.remaining([moves.id]))[0]).toBeGreaterThan(0)
  expect((await store.sessionsOf('ann', { before: null, limit: 10 })).sessions.map(({ id }) => id)).toEqual([moves.id])
})
