import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SessionFeeds } from '../../src/conversation/follow/session-feeds.ts'
import { noBus } from '../../src/ports/bus.ts'
import { delay } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { type SessionStore, StoreUnavailable } from '../../src/ports/session-store.ts'
import type { Subscriber } from '../../src/ports/subscriber.ts'
import type { SessionSync } from '../../src/protocol/events.ts'
import type { Backend, Message } from '../../src/protocol/message.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { eventually } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'

/** Notes what it is told by `session:sync`. */
function syncListener(told: SessionSync[]): Subscriber {
  return { message() {}, delta() {}, activity() {}, sync: (event) => void told.push(event), ended() {} }
}

function question(seq: number): Message {
  const content = `text ${seq}`
  return { id: `m${seq}`, seq, role: 'user', content, status: 'complete', attempt: 1, createdAt: '', metadata: {} }
}

/** An empty session with a follower, who is given syncs into `told`. */
async function followed(backend: () => Backend) {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  Object.defineProperty(store, 'backend', { get: backend })
  const options = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...options, address: 'r1.a', sockets: { end() {} }, onOwner() {}, onGone() {} })
  const told: SessionSync[] = []
  await store.create({ id: SESSION, userId: null, createdAt: new Date(clock.now()).toISOString() }, null)
  const snapshot = await store.read({ sessionId: SESSION, after: 0 })
  if (snapshot === null) throw new Error('not there')
  const listener = syncListener(told)
  feeds.opened(feeds.join(SESSION, listener), snapshot, [])
  return { clock, store, feeds, told, snapshot }
}

test('[G5] messages that were missed while a session was being opened is made up for, though what was read is older', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {}, onGone() {} })
  const told: string[] = []
  const listener = {
    message: ({ message }: { message: Message }) => told.push(message.content),
    delta() {},
    activity() {},
    sync() {},
    ended() {},
  }
  const createdAt = new Date(clock.now()).toISOString()
  await store.create({ id: SESSION, userId: null, createdAt }, null)

  const joined = feeds.join(SESSION, listener)
  const request = { sessionId: SESSION, userId: null, watch: joined.feed.watch, known: null }
  const snapshot = await store.open(request)
  if (snapshot === null) throw new Error('not opened')
  const draft = { attempt: 1, createdAt, metadata: {} }
  await store.begin({
    sessionId: SESSION,
    userId: null,
    message: { ...draft, id: 'm1', role: 'user', content: 'missed', status: 'complete' },
    answer: { ...draft, id: 'm2', role: 'assistant', content: '', status: 'streaming' },
    owner: 'r2.b',
    known: null,
    contextSize: 0,
  })
  await feeds.rereadAll()
  feeds.opened(joined, snapshot, [])
  await clock.advance(10)
  expect(told).toEqual(['missed', ''])
  feeds.close()
})

test('[G6] whoever opened a session that was not read from Redis is given what Redis holds once it is back, and not before', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  let backend: Backend = 'memory'
  Object.defineProperty(store, 'backend', { get: () => backend })
  const reads = vi.spyOn(store, 'read')
  const options = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...options, address: 'r1.a', sockets: { end() {} }, onOwner() {}, onGone() {} })
  const told: SessionSync[] = []
  const listener = syncListener(told)
  await store.create({ id: SESSION, userId: null, createdAt: new Date(clock.now()).toISOString() }, null)
  const joined = feeds.join(SESSION, listener)
  const snapshot = await store.read({ sessionId: SESSION, after: 0 })
  if (snapshot === null) throw new Error('not there')
  feeds.opened(joined, snapshot, [])
  await feeds.rereadAll()
  await clock.advance(3000)
  expect({ told, reads: reads.mock.calls.length }).toEqual({ told: [], reads: 3 })
  backend = 'redis'
  await clock.advance(3000)
  expect({ told, reads: reads.mock.calls.length }).toEqual({
    told: [{ sessionId: SESSION, after: 0, messages: [] }],
    reads: 4,
  })
  feeds.close()
})

test('[G6] whoever is given less than the others had been told, by a store that has lost it, is given what the store holds in the end', async () => {
  const { feeds, told, clock, snapshot } = await followed(() => 'redis')
  feeds.message(SESSION, { message: question(1), version: 1 }, [])
  const late: SessionSync[] = []
  feeds.opened(feeds.join(SESSION, syncListener(late)), snapshot, [])
  await clock.advance(10)
  const held = [{ sessionId: SESSION, after: 0, messages: [] }]
  expect({ told, late }).toEqual({ told: held, late: held })
  feeds.close()
})

test('[G6] whoever is opening a session while the others are told more is given nothing twice', async () => {
  const { feeds, told, clock, snapshot } = await followed(() => 'redis')
  const joined = feeds.join(SESSION, syncListener(told))
  feeds.message(SESSION, { message: question(1), version: 1 }, [])
  feeds.opened(joined, snapshot, [])
  await clock.advance(10)
  expect(told).toEqual([])
  feeds.close()
})

test('[G6] [X6] two readings that are under way at once end, and the later one brings what is owed', async () => {
  let backend: Backend = 'memory'
  const { clock, store, feeds, told, snapshot } = await followed(() => backend)

  const waiting: (() => void)[] = []
  const reads = vi.spyOn(store, 'read').mockImplementation(async () => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return snapshot
  })
  backend = 'redis'
  await clock.advance(1000)
  const second = syncListener(told)
  feeds.opened(feeds.join(SESSION, second), snapshot, [])
  expect(reads, 'both are under way').toHaveBeenCalledTimes(2)
  for (let replies = 0; replies < 10; replies++) {
    waiting.shift()?.()
    await clock.advance(1)
  }
  expect(reads).toHaveBeenCalledTimes(2)
  expect(told, 'once for each').toHaveLength(2)
  feeds.close()
})

test('[G6] what was said before the store lost it, and is heard after it was read, is taken back', async () => {
  const { clock, feeds, told } = await followed(() => 'redis')
  await feeds.rereadAll()
  const answer = { ...question(2), role: 'assistant' as const }
  for (const message of [question(1), answer]) feeds.message(SESSION, { message, version: 1 }, [])
  await clock.advance(2000)
  expect(told).toEqual([])
  await clock.advance(2000)
  expect(told).toEqual([{ sessionId: SESSION, after: 0, messages: [] }])
  feeds.close()
})

test('[G6] a session that was found gone, and that another replica has brought back by the time it is asked about again, is read', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {}, onGone() {} })
  const read = vi.spyOn(store, 'read')
  const createdAt = new Date(clock.now()).toISOString()
  const session = await store.create({ id: SESSION, userId: null, createdAt }, null)
  const listener = { message() {}, delta() {}, activity() {}, sync() {}, ended() {} }
  const joined = feeds.join(SESSION, listener)
  Object.defineProperty(store, 'backend', { value: 'redis' })
  feeds.opened(joined, { session, messages: [], running: null }, [])
  await clock.advance(3000)
  expect(read).not.toHaveBeenCalled()
  feeds.doubt(SESSION)
  await clock.advance(1500)
  expect(read).toHaveBeenCalledWith({ sessionId: SESSION, after: 0, watch: joined.feed.watch })
  feeds.close()
})

test('[X6] thousands of sessions that close at once end their watches a few at a time, and none is kept waiting for', async () => {
  const clock = new HandClock()
  const memory = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const ended = new Set<string>()
  let [underWay, most] = [0, 0]
  const store: MemorySessionStore = Object.create(memory, {
    unwatch: {
      value: async (sessionId: string) => {
        most = Math.max(most, ++underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay--
        ended.add(sessionId)
      },
    },
  })
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {}, onGone() {} })
  const listener = { message() {}, delta() {}, activity() {}, sync() {}, ended() {} }
  const sessions = Array.from({ length: 2000 }, (_, i) => `session ${i}`)
  const joined = sessions.map((id) => feeds.join(id, listener))
  for (const one of joined) feeds.leave(one)
  await eventually('all watches have ended', () => ended.size === sessions.length)
  expect(most).toBeLessThanOrEqual(32)
  feeds.close()
})

test('[X6] a bug at one subscriber costs that one the session, and the others nothing', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const caught = vi.fn()
  const meter = { ...noMeter, caught }
  const error = vi.fn()
  const shared = { store, clock, bus: noBus, meter, log: { ...silentLog, error } }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {}, onGone() {} })
  const session = await store.create({ id: SESSION, userId: null, createdAt: '2026-11-28T00:00:00Z' }, null)
  const told: string[] = []
  const bug = new Error('a bug')
  const subscriber = (name: string, isFaulty: boolean): Subscriber => ({
    message({ message: { seq } }) {
      if (isFaulty) throw bug
      told.push(`${name} ${seq}`)
    },
    delta() {},
    activity() {},
    sync() {},
    ended() {
      if (isFaulty) throw bug
      told.push(`${name} ended`)
    },
  })
  const open = (one: Subscriber) => feeds.opened(feeds.join(SESSION, one), { session, messages: [], running: null }, [])
  for (const [name, isFaulty] of [
    ['a', false],
    ['b', true],
    ['c', false],
  ] as const)
    open(subscriber(name, isFaulty))
  feeds.message(SESSION, { message: question(1) }, [])
  feeds.message(SESSION, { message: question(2) }, [])
  expect(told).toEqual(['a 1', 'c 1', 'a 2', 'c 2'])
  expect(caught.mock.calls).toEqual([
    [1, { door: 'subscriber' }],
    [1, { door: 'subscriber' }],
  ])
  expect(error).toHaveBeenCalledWith({ err: bug, session: SESSION }, expect.any(String))
  open(subscriber('b', true))
  feeds.end(SESSION)
  expect(told.slice(4)).toEqual(['a ended', 'c ended'])
  expect(caught).toHaveBeenCalledTimes(3)
  feeds.close()
})

/** `followed`, and 200 sessions more. */
async function manyFollowed(backend: () => Backend) {
  const { clock, store, feeds } = await followed(backend)
  const ids: string[] = []
  for (let i = 0; i < 200; i++) {
    const id = randomUUID()
    ids.push(id)
    await store.create({ id, userId: null, createdAt: new Date(clock.now()).toISOString() }, null)
    const snapshot = await store.read({ sessionId: id, after: 0 })
    const listener = syncListener([])
    if (snapshot !== null) feeds.opened(feeds.join(id, listener), snapshot, [])
  }
  return { clock, store, feeds, ids }
}

test('[G6] sessions that were read from memory are compared with the store a few at a time', async () => {
  let backend: Backend = 'redis'
  const { clock, store, feeds } = await manyFollowed(() => backend)
  let underWay = 0
  let most = 0
  const read = store.read.bind(store)
  const reads = vi.spyOn(store, 'read').mockImplementation(async (request) => {
    most = Math.max(most, ++underWay)
    await new Promise((resolve) => setImmediate(resolve)) // a round trip
    underWay--
    return read(request)
  })
  backend = 'memory'
  await feeds.rereadAll()
  backend = 'redis'
  reads.mockClear()
  await clock.advance(1500)
  await eventually('all were read again', () => reads.mock.calls.length >= 200 && underWay === 0)
  expect(most).toBeLessThanOrEqual(32)
  feeds.close()
})

test('[G6] sessions of a shard that is silent do not keep those of others from being read again', async () => {
  const { clock, store, feeds, ids } = await manyFollowed(() => 'redis')
  const silent = new Set(ids)
  const read = store.read.bind(store)
  let reads = 0
  vi.spyOn(store, 'read').mockImplementation(async (request) => {
    if (silent.has(request.sessionId)) {
      await delay(clock, 2000, AbortSignal.any([]))
      throw new StoreUnavailable('a shard is away')
    }
    reads++
    return read(request)
  })
  void feeds.rereadAll()
  await clock.advance(3000)
  expect(reads).toBeGreaterThan(0)
  feeds.close()
})

test('[G6] a look at a session whose shard is silent keeps its caller waiting for a moment only', async () => {
  const { clock, store, feeds } = await followed(() => 'redis')
  vi.spyOn(store, 'read').mockReturnValue(new Promise(() => {}))
  let isOver = false
  void feeds.lookAtRest(SESSION).then(() => {
    isOver = true
  })
  await clock.advance(200)
  expect(isOver).toBe(true)
  feeds.close()
})

test('[S3] a session that is gone is told so, though another’s shard is silent, which is asked again', async () => {
  const clock = new HandClock()
  const store: SessionStore = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const end = vi.fn()
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end }, onOwner() {}, onGone() {} })
  for (const id of ['silent', 'gone']) {
    feeds.join(id, syncListener([]))
    feeds.doubt(id)
  }
  const left: Record<string, number | undefined> = { gone: 0 }
  vi.spyOn(store, 'remaining').mockImplementation(async (ids) => ids.map((id) => left[id]))
  await clock.advance(1000)
  expect(end.mock.calls).toEqual([['gone', 'expired', 'here']])
  left.silent = 0
  await clock.advance(3000)
  expect(end.mock.calls.slice(1)).toEqual([['silent', 'expired', 'here']])
  feeds.close()
})

/** Twenty sessions with a follower each, which have an hour left. `end` is told which of them ended. */
async function followedForAnHour() {
  const clock = new HandClock()
  const store: SessionStore = new MemorySessionStore({ ttlSeconds: 3600, maxMessages: 100, clock })
  const end = vi.fn()
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end }, onOwner() {}, onGone() {} })
  onTestFinished(() => feeds.close())
  const ids = Array.from({ length: 20 }, () => randomUUID())
  for (const id of ids) {
    const session = await store.create({ id, userId: null, createdAt: new Date(clock.now()).toISOString() }, null)
    feeds.opened(feeds.join(id, syncListener([])), { session, messages: [], running: null }, [])
  }
  return { clock, store, end, feeds, ids }
}

test('[S3] a session that is gone before its time is told to be so within 10 s, and is not read while it is there', async () => {
  const { clock, store, end, feeds, ids } = await followedForAnHour()
  feeds.join('one that is only being opened', syncListener([]))
  const read = vi.spyOn(store, 'read')
  await clock.advance(20_000)
  expect(end.mock.calls).toEqual([])
  for (const id of ids) await store.clear(id) // as an operator's DEL
  await clock.advance(10_000)
  expect(end.mock.calls.map(([id, reason]) => [id, reason]).sort()).toEqual(ids.map((id) => [id, 'expired']).sort())
  expect(read).not.toHaveBeenCalled()
})

test('[S3] [G1] while Redis is away, one that memory knows to be gone is told so, whatever nobody knows of the others', async () => {
  const { clock, store, end, feeds, ids } = await followedForAnHour()
  const [gone = ''] = ids
  feeds.doubt(gone)
  vi.spyOn(store, 'remaining').mockImplementation(async (asked) => {
    if (asked.some((id) => id !== gone)) throw new StoreUnavailable('Redis is away')
    return asked.map(() => 0)
  })
  await clock.advance(3000)
  expect(end.mock.calls).toEqual([[gone, 'expired', 'here']])
})

/** Somebody follows a session whose answer runs, as its store says, and which expires with nobody to keep it. */
async function unkept(store: SessionStore, clock: HandClock) {
  const end = vi.fn()
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end }, onOwner() {}, onGone() {} })
  await store.create({ id: SESSION, userId: null, createdAt: new Date(clock.now()).toISOString() }, null)
  const snapshot = await store.read({ sessionId: SESSION, after: 0 })
  if (snapshot === null) throw new Error('not there')
  const asked = [question(1)]
  feeds.opened(feeds.join(SESSION, syncListener([])), { ...snapshot, messages: asked }, asked)
  await clock.advance(70_000)
  onTestFinished(() => feeds.close())
  return end
}

test('[S3] [G4] while Redis is away, a session whose answer runs elsewhere is not told to be gone: its owner keeps it', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const canClear = vi.spyOn(store, 'canClear').mockReturnValue(false) // what is held is a copy
  const end = await unkept(store, clock)
  expect(end.mock.calls).toEqual([])
  canClear.mockReturnValue(true)
  await clock.advance(3000)
  expect(end.mock.calls).toEqual([[SESSION, 'expired', 'here']])
})

test('[S3] [G3] without any Redis, a session that expires while its answer stands still is told to be gone', async () => {
  const clock = new HandClock()
  const end = await unkept(new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock }), clock)
  expect(end.mock.calls).toEqual([[SESSION, 'expired', 'here']])
})
