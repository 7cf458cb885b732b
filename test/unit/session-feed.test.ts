import { expect, test } from 'vitest'
import { SessionFeed } from '../../src/conversation/follow/session-feed.ts'
import type { Subscriber } from '../../src/ports/subscriber.ts'
import { MAX_MESSAGES_BYTES } from '../../src/protocol/limits.ts'
import type { Message } from '../../src/protocol/message.ts'

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
  [{ content: 'text A', metadata: { processing_time_ms: 12 } }],
  [{ content: 'text A', metadata: { usage: { prompt_tokens: 60 } } }],
  [{ content: 'text A', metadata: { error: { code: 'interrupted', message: 'for another reason' } } }],
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

test('[G6] a look back is given all that can be compared: an early answer that ended otherwise is told', () => {
  const { feed, told } = newFeed()
  const shown = Array.from({ length: 24 }, (_, i) => message(i + 1))
  feed.show(shown, 24)
  expect(feed.newsAfter, 'where nothing was lost').toBe(21)
  feed.looksBack = true
  expect(feed.newsAfter, 'the question of the first of nine answers').toBe(6)
  const stored = shown.with(7, message(8, { metadata: { replicas: ['r9'] } }))
  feed.show(stored.slice(6), 24, feed.startReading())
  feed.show(stored, 24, feed.startReading())
  expect(told).toEqual([`sync 0 ${stored.map(({ seq }) => seq)}`])
})

test('[G6] an answer that runs is told to its end, however many stand behind it', () => {
  for (const behind of [6, 30]) {
    const { feed, told } = newFeed()
    const shown = Array.from({ length: behind }, (_, i) => message(i + 1))
    feed.show(shown.with(1, message(2, { status: 'streaming', content: '' })), 9)
    for (const seq of [behind + 1, behind + 2]) feed.show([message(seq)], 9)
    expect(feed.expecting).toBe(true)
    feed.show([message(2)], 9)
    expect(told.slice(2)).toEqual(['0 text 2', '2 complete'])
  }
})

test('[G6] who was given the little that the store had left is told what the session goes on by', () => {
  const { feed, told } = newFeed()
  const all = [1, 2, 3, 4].map((seq) => message(seq))
  feed.show(all.slice(0, 2), 2)
  feed.rebase(all)
  feed.message({ message: message(5) })
  expect(told).toEqual(['3 complete', '4 complete', '5 complete'])
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

test('[F7] an answer whose session cannot be read says all the same why it stands still', () => {
  const { feed, told } = newFeed()
  feed.show([message(1), message(2, { status: 'streaming', content: 'te' })], 0)
  feed.startReading()
  feed.activity({ sessionId: SESSION, messageId: 'm2', kind: 'retrying' })
  expect(told).toEqual(['retrying'])
})

test('[G6] the reply to a reading that another has overtaken does not stand for the comparison that memory owes', () => {
  const { feed } = newFeed()
  feed.show([message(1), message(2)], 2)
  const first = feed.startReading() // on its way to Redis
  feed.show([message(1), message(2)], 2) // somebody opens the session, which ends it
  feed.startReading() // a gap
  feed.showCopy([message(1), message(2)], 9) // answered by memory
  feed.show([message(1), message(2)], 2, first)
  expect(feed.isUnchecked).toBe(true)
})

test('an answer that the store has lost is read for with one of the deltas that are still on their way, not with each, within a check', () => {
  const { feed, told, readings } = newFeed()
  feed.show([message(1), message(2)], 2)
  const late = { sessionId: SESSION, messageId: 'lost', attempt: 1, text: 'te' }
  for (let i = 0; i < 5; i++) {
    feed.delta({ ...late, offset: 2 * i })
    if (feed.reading) feed.show([message(1), message(2)], 2, readings())
  }
  expect({ told, readings: readings() }).toEqual({ told: [], readings: 1 })
  feed.startCheck()
  feed.delta({ ...late, offset: 10 })
  feed.show([message(1), message(2)], 2, readings())
  expect(readings(), 'it may be there by now').toBe(2)
  const back = message(4, { id: 'lost', status: 'streaming', content: '' })
  feed.message({ message: message(3), version: 3 })
  feed.message({ message: back, version: 3 })
  feed.delta({ ...late, offset: 0 })
  expect(told).toEqual(['3 complete', '4 streaming', '0 te'])
})

test('[G6] an earlier answer whose end was missed, and that was dropped as too old meanwhile, is not waited for for ever', () => {
  const { feed } = newFeed()
  feed.show(
    [message(1), message(2, { status: 'streaming', content: 'te' }), message(3), message(4), message(5), message(6)],
    6,
  )
  const all = Array.from({ length: 40 }, (_, i) => message(i + 7))
  const reading = feed.startReading()
  feed.show(all, 60, reading) // 1 to 6 are no more
  for (let i = 0; i < 3 && feed.reading; i++) feed.show(all, 60, reading + 1 + i)
  expect({ expecting: feed.expecting, newsAfter: feed.newsAfter }).toEqual({ expecting: false, newsAfter: 43 })
})

test('[E] a sync is bounded in bytes: what does not fit follows message by message', () => {
  const { feed, told } = newFeed()
  const stored = Array.from({ length: 120 }, (_, i) => message(i + 1, { content: '漢'.repeat(10_000) }))
  feed.show([], 0)
  feed.replace(stored, 0, 0)
  const fitting = Math.floor(MAX_MESSAGES_BYTES / Buffer.byteLength(JSON.stringify(stored[0])))
  expect(told[0]).toBe(`sync 0 ${stored.slice(0, fitting).map(({ seq }) => seq)}`)
  expect(told.slice(1)).toEqual(stored.slice(fitting).map(({ seq }) => `${seq} complete`))
})
