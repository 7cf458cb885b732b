import { expect, test, vi } from 'vitest'
import { SessionFeed } from '../../src/conversation/follow/session-feed.ts'
import { SessionFeeds } from '../../src/conversation/follow/session-feeds.ts'
import { noBus } from '../../src/ports/bus.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import type { Subscriber } from '../../src/ports/subscriber.ts'
import type { SessionSync } from '../../src/protocol/events.ts'
import type { Backend, Message } from '../../src/protocol/message.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { eventually } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'

function message(seq: number, fields: Partial<Message> = {}): Message {
  const role = seq % 2 === 1 ? 'user' : 'assistant'
  return {
    id: `m${seq}`,
    seq,
    role,
    content: `text ${seq}`,
    status: 'complete',
    attempt: 1,
    createdAt: '',
    metadata: {},
    ...fields,
  }
}

function telling(told: string[]): Subscriber {
  return {
    message: ({ message: { seq, status } }) => told.push(`${seq} ${status}`),
    delta: ({ offset, text }) => told.push(`${offset} ${text}`),
    activity: ({ kind }) => told.push(kind),
    sync: ({ after, messages }) => told.push(`sync ${after} ${messages.map(({ seq }) => seq)}`),
    ended() {},
  }
}

function newFeed(): { feed: SessionFeed; told: string[]; readings: () => number } {
  const told: string[] = []
  let readings = 0
  const feed = new SessionFeed(
    SESSION,
    { watcher: 'r1.a', id: 1 },
    {
      onGap(gapped) {
        readings++
        gapped.startReading()
      },
      onFault(_feed, _subscriber, error) {
        throw error
      },
    },
  )
  const subscriber = telling(told)
  feed.join(subscriber)
  feed.admit(subscriber)
  return { feed, told, readings: () => readings }
}

test('[E] the end of an answer that a later message has overtaken is read for', () => {
  const { feed, told, readings } = newFeed()
  feed.show([message(1), message(2, { status: 'streaming', content: 'te' })], 0)
  feed.message({ message: message(3) })
  expect({ told, readings: readings() }).toEqual({ told: [], readings: 1 })
  feed.show([message(2), message(3)], 0)
  expect(told).toEqual(['2 xt 2', '2 complete', '3 complete'])
  feed.message({ message: message(2) }) // arrives after all
  expect(told).toHaveLength(3)
})

test.each([
  [{ content: 'other text' }],
  [{ content: 'text B' }],
  [{ content: 'text' }],
  [{ content: 'text A', createdAt: 'later' }],
  [{ content: 'text A', metadata: { replicas: ['r1', 'r2'] } }],
])(
  '[G6] an end that a failover has undone: what the answer ended with anew, %j, is given to all, whatever differs',
  (anew) => {
    const { feed, told, readings } = newFeed()
    feed.show([message(1), message(2, { content: 'text A' })], 4)
    feed.message({ message: message(2, { content: 'te', status: 'streaming' }), version: 4 }) // by who goes on with it
    feed.message({ message: message(2, { content: 'text A' }), version: 4 }) // the first end, late
    expect(readings()).toBe(0)
    feed.message({ message: message(2, anew), version: 5 })
    expect(readings()).toBe(1)
    feed.show([message(1), message(2, anew)], 5, 1)
    expect(readings(), 'all of it').toBe(2)
    feed.show([message(1), message(2, anew)], 5, 2)
    expect(told).toEqual(['sync 0 1,2'])
    feed.message({ message: message(2, anew), version: 5 })
    expect(readings()).toBe(2)
  },
)

test('[E] news that came while the store was read, and that it did not know of yet, is read for again', () => {
  const { feed, told, readings } = newFeed()
  feed.show([message(1), message(2)], 0)
  feed.message({ message: message(4) }) // 3 was lost
  expect(readings()).toBe(1)
  feed.message({ message: message(6) }) // so was 5
  feed.show([message(3), message(4)], 0)
  expect({ told, readings: readings() }).toEqual({ told: ['3 complete', '4 complete'], readings: 2 })
  feed.show([message(5), message(6)], 0)
  expect(told.slice(2)).toEqual(['5 complete', '6 complete'])
})

test('what the store does not know of though it was read later is stale, and not read for again', () => {
  const { feed, told, readings } = newFeed()
  feed.show([message(1), message(2)], 0)
  feed.delta({ sessionId: SESSION, messageId: 'gone', attempt: 1, offset: 7, text: 'x' })
  feed.show([], 0)
  expect({ told, readings: readings(), reading: feed.reading }).toEqual({ told: [], readings: 1, reading: false })
})

test('[E] a change that one of another replica has overtaken is read for, though no message is missing', () => {
  const { feed, told, readings } = newFeed()
  feed.show([message(1), message(2)], 2)
  // Version 3 and 4, another attempt at the answer, are still on their way from its owner.
  feed.message({ message: message(3), version: 5 })
  expect({ told, readings: readings() }).toEqual({ told: [], readings: 1 })
  feed.show([message(2, { attempt: 2 }), message(3), message(4, { status: 'streaming' })], 5)
  expect(told).toEqual(['2 complete', '3 complete', '4 streaming'])
  feed.message({ message: message(4), version: 6 })
  expect({ told: told.at(-1), readings: readings() }).toEqual({ told: '4 complete', readings: 1 })
})

test('[G6] an earlier answer without an end is looked up until it has one', () => {
  const { feed, told } = newFeed()
  feed.show([message(1), message(2), message(3), message(4)], 0)
  feed.message({ message: message(2, { attempt: 2, status: 'streaming' }) }) // its end is lost
  expect({ told, expecting: feed.expecting }).toEqual({ told: ['2 streaming'], expecting: true })
  feed.message({ message: message(5) })
  feed.message({ message: message(6, { status: 'streaming' }) })
  expect({ newsAfter: feed.newsAfter, expecting: feed.expecting }).toEqual({ newsAfter: 1, expecting: true })
  feed.message({ message: message(6) })
  expect(feed.expecting).toBe(true)
  feed.show([message(2, { attempt: 2 }), message(3)], 0)
  expect(feed.expecting).toBe(false)
})

test('[S4] a question whose answer was not heard of is looked up', () => {
  const { feed } = newFeed()
  feed.show([], 0)
  expect(feed.expecting).toBe(false)
  feed.message({ message: message(1) })
  expect(feed.expecting).toBe(true)
  feed.show([message(1), message(2)], 1)
  expect(feed.expecting).toBe(false)
})

test('[G4] [G6] where the store holds less or other than was told, its whole content is told once', () => {
  const { feed, told, readings } = newFeed()
  feed.show([], 0)
  const running = message(4, { status: 'streaming', content: 'text' })
  const less: readonly [string, readonly Message[], number][] = [
    ['a message is gone', [message(1), message(2), message(3)], 3],
    ['text is gone', [message(1), message(2), message(3), { ...running, content: 'te' }], 3],
    ['an attempt is gone', [message(1), message(2), message(3), { ...running, attempt: 0 }], 3],
    ['an answer is another', [message(1), message(2), message(3), { ...running, id: 'other' }], 3],
    ['its version is lower', [message(1), message(2), message(3), running], 2],
  ]
  for (const [what, stored, version] of less) {
    feed.replace([message(1), message(2), message(3), running], 3, 0)
    told.length = 0
    const before = readings()
    feed.show(stored, version, feed.startReading())
    expect({ told, readings: readings() - before, newsAfter: feed.newsAfter }, what).toEqual({
      told: [],
      readings: 1,
      newsAfter: 0,
    })
    feed.show(stored, version, feed.startReading())
    expect(told, what).toEqual([`sync 0 ${stored.map(({ seq }) => seq)}`])
  }
})

test('[G4] a return that comes while the session is being read is told after a reading that began later', () => {
  const { feed, told } = newFeed()
  feed.show([message(1), message(2)], 2)
  const reading = feed.startReading()
  feed.replace([message(1), message(2), message(3), message(4)], 4, 1)
  expect(feed.isOutdated).toBe(true)
  feed.show([message(2), message(3)], 2, reading - 1)
  expect(told).toEqual(['3 complete'])
  feed.show([message(2), message(3), message(4)], 4, feed.startReading())
  expect(told).toEqual(['3 complete', 'sync 1 2,3,4'])
})

test('[G6] a return tells the end of an answer that ran before what was provisional', () => {
  const { feed, told } = newFeed()
  feed.show(
    [1, 2, 3, 4, 5, 6].map((seq) => message(seq, seq === 4 ? { status: 'streaming' } : {})),
    4,
  )
  told.length = 0
  feed.replace(
    [1, 2, 3, 4, 5, 6, 7, 8].map((seq) => message(seq)),
    6,
    5,
  )
  expect(told).toEqual(['sync 2 3,4,5,6,7,8'])
})

test('[G6] a return to a store that lost all and was told other things meanwhile gives all of it', () => {
  const { feed, told } = newFeed()
  feed.show(
    [1, 2, 3, 4].map((seq) => message(seq)),
    4,
  )
  feed.replace(
    [1, 2, 3, 4, 5, 6].map((seq) => message(seq, { id: `other ${seq}` })),
    6,
    3,
  )
  expect(told).toEqual(['sync 0 1,2,3,4,5,6'])
})

test('[X3] who has asked for a session is told nothing of it before the store has let them in, then all that happened meanwhile', () => {
  const { feed, told } = newFeed()
  const running = message(2, { status: 'streaming', content: 'te' })
  feed.show([message(1), running], 1)
  const [stranger, late]: [string[], string[]] = [[], []]
  const [whoIsRefused, whoIsLate] = [telling(stranger), telling(late)]
  feed.join(whoIsRefused)
  feed.join(whoIsLate)
  const delta = { sessionId: SESSION, messageId: running.id, attempt: 1 }
  feed.delta({ ...delta, offset: 2, text: 'x' })
  feed.activity({ sessionId: SESSION, messageId: running.id, kind: 'thinking' })
  expect({ told, stranger, late }).toEqual({ told: ['2 x', 'thinking'], stranger: [], late: [] })
  expect(feed.remove(whoIsRefused)).toBe(true)
  feed.admit(whoIsLate)
  feed.delta({ ...delta, offset: 3, text: 't 2' })
  feed.message({ message: message(2), version: 2 })
  const all = ['2 x', 'thinking', '3 t 2', '2 complete']
  expect({ told, stranger, late }).toEqual({ told: all, stranger: [], late: all })
})

test('[G5] messages that were missed while a session was being opened is made up for, though what was read is older', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {} })
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

  const feed = feeds.join(SESSION, listener)
  const request = { sessionId: SESSION, userId: null, watch: feed.watch, knownVersion: null }
  const snapshot = await store.open(request)
  if (snapshot === null) throw new Error('not opened')
  const draft = { attempt: 1, createdAt, metadata: {} }
  await store.begin({
    sessionId: SESSION,
    userId: null,
    message: { ...draft, id: 'm1', role: 'user', content: 'missed', status: 'complete' },
    answer: { ...draft, id: 'm2', role: 'assistant', content: '', status: 'streaming' },
    owner: 'r2.b',
    knownVersion: null,
    contextSize: 0,
  })
  await feeds.rereadAll()
  feeds.opened(feed, listener, snapshot, [])
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
  const feeds = new SessionFeeds({ ...options, address: 'r1.a', sockets: { end() {} }, onOwner() {} })
  const told: SessionSync[] = []
  const listener = {
    message() {},
    delta() {},
    activity() {},
    sync: (event: SessionSync) => told.push(event),
    ended() {},
  }
  await store.create({ id: SESSION, userId: null, createdAt: new Date(clock.now()).toISOString() }, null)
  const feed = feeds.join(SESSION, listener)
  const snapshot = await store.read({ sessionId: SESSION, after: 0 })
  if (snapshot === null) throw new Error('not there')
  feeds.opened(feed, listener, snapshot, [])
  await feeds.rereadAll()
  await clock.advance(3000)
  expect({ told, reads: reads.mock.calls.length }).toEqual({ told: [], reads: 2 })
  backend = 'redis'
  await clock.advance(3000)
  expect({ told, reads: reads.mock.calls.length }).toEqual({
    told: [{ sessionId: SESSION, after: 0, messages: [] }],
    reads: 3,
  })
  feeds.close()
})

test('[G6] a session that was found gone, and that another replica has brought back by the time it is asked about again, is read', async () => {
  const clock = new HandClock()
  const store = new MemorySessionStore({ ttlSeconds: 60, maxMessages: 100, clock })
  const shared = { store, clock, bus: noBus, meter: noMeter, log: silentLog }
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {} })
  const read = vi.spyOn(store, 'read')
  const createdAt = new Date(clock.now()).toISOString()
  const session = await store.create({ id: SESSION, userId: null, createdAt }, null)
  const listener = { message() {}, delta() {}, activity() {}, sync() {}, ended() {} }
  const feed = feeds.join(SESSION, listener)
  Object.defineProperty(store, 'backend', { value: 'redis' })
  feeds.opened(feed, listener, { session, messages: [], running: null }, [])
  await clock.advance(3000)
  expect(read).not.toHaveBeenCalled()
  feeds.doubt(SESSION)
  await clock.advance(1500)
  expect(read).toHaveBeenCalledWith({ sessionId: SESSION, after: 0, watch: feed.watch })
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
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {} })
  const listener = { message() {}, delta() {}, activity() {}, sync() {}, ended() {} }
  const sessions = Array.from({ length: 2000 }, (_, i) => `session ${i}`)
  const joined = sessions.map((id) => feeds.join(id, listener))
  for (const feed of joined) feeds.leave(feed, listener)
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
  const feeds = new SessionFeeds({ ...shared, address: 'r1.a', sockets: { end() {} }, onOwner() {} })
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
  const open = (one: Subscriber) =>
    feeds.opened(feeds.join(SESSION, one), one, { session, messages: [], running: null }, [])
  for (const [name, isFaulty] of [
    ['a', false],
    ['b', true],
    ['c', false],
  ] as const)
    open(subscriber(name, isFaulty))
  feeds.message(SESSION, { message: message(1) }, [])
  feeds.message(SESSION, { message: message(2) }, [])
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
