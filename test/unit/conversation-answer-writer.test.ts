import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { AnswerWriter } from '../../src/conversation/answer/answer-writer.ts'
import { OwnedAnswer } from '../../src/conversation/answer/owned-answer.ts'
import { silentLog } from '../../src/ports/log.ts'
import { noMeter } from '../../src/ports/meter.ts'
import type { AppendItem, AppendResult } from '../../src/ports/session-store.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { noEvents } from '../support/answering.ts'
import { HandClock } from '../support/hand-clock.ts'

const OWNER = 'r1.test'

/** A memory store whose appends a test can hold back, fail before or fail after they were applied. */
class UnsteadyStore extends MemorySessionStore {
  readonly calls: (readonly AppendItem[])[] = []
  fail: 'before' | 'after' | null = null
  hold: Promise<void> = Promise.resolve()
  /** Of sessions that a node of their own serves, by session. */
  readonly nodes = new Map<string, string>()
  underWay = 0
  mostUnderWay = 0

  override nodeOf(sessionId = ''): string {
    return this.nodes.get(sessionId) ?? ''
  }

  override async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    this.calls.push(items)
    this.underWay++
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay)
    try {
      await this.hold
      if (this.fail === 'before') throw new StoreUnavailable('lost on the way there')
      const results = await super.append(items)
      if (this.fail === 'after') throw new StoreUnavailable('lost on the way back')
      return results
    } finally {
      this.underWay--
    }
  }
}

let clock: HandClock
let store: UnsteadyStore
let utilisation: number
let shown: { answer: OwnedAnswer; offset: number; text: string }[]
let fenced: OwnedAnswer[]
let broken: OwnedAnswer[]
/** Of whose text nothing can be shown. */
let faulty: OwnedAnswer | null
let activities: { answer: OwnedAnswer; kind: string; at: number }[]
let warnings: string[]
let writer: AnswerWriter

beforeEach(() => {
  clock = new HandClock()
  store = new UnsteadyStore({ ttlSeconds: 60, maxMessages: 100, clock })
  utilisation = 0
  shown = []
  fenced = []
  broken = []
  faulty = null
  activities = []
  warnings = []
  writer = new AnswerWriter({
    store,
    clock,
    load: { utilisation: () => utilisation, saturated: () => false, close() {} },
    meter: noMeter,
    log: { ...silentLog, warn: (_, text) => warnings.push(text) },
    windowMs: 25,
    events: {
      ...noEvents,
      text(answer, offset, text) {
        if (answer === faulty) throw new Error('a bug')
        shown.push({ answer, offset, text })
      },
      activity: (answer, kind) => activities.push({ answer, kind, at: clock.now() }),
    },
    onFenced: (answer) => {
      answer.become('lost')
      fenced.push(answer)
    },
    onBroken: (answer) => broken.push(answer),
  })
})

/** The answer to a message in a session of its own. */
async function newAnswer(): Promise<OwnedAnswer> {
  const sessionId = randomUUID()
  const createdAt = new Date(clock.now()).toISOString()
  await store.create({ id: sessionId, userId: null, createdAt }, null)
  const draft = { attempt: 1, createdAt, metadata: {} }
  const begun = await store.begin({
    sessionId,
    userId: null,
    message: { id: randomUUID(), role: 'user', content: 'Go', status: 'complete', ...draft },
    answer: { id: randomUUID(), role: 'assistant', content: '', status: 'streaming', ...draft },
    owner: OWNER,
    known: null,
    contextSize: 20,
  })
  if (begun.kind !== 'started') throw new Error(begun.kind)
  const snapshot = await store.read({ sessionId, after: 0 })
  const message = snapshot?.messages?.at(-1)
  if (message === undefined) throw new Error('no answer')
  return new OwnedAnswer({ sessionId, message, epoch: begun.epoch, startedAt: clock.now(), watchers: [] })
}

async function storedText(answer: OwnedAnswer): Promise<string | undefined> {
  return (await store.read({ sessionId: answer.sessionId, after: 0 }))?.running?.text
}

test('[D1] text is shown when it is stored, and not before', async () => {
  const answer = await newAnswer()
  const latch = Promise.withResolvers<void>()
  store.hold = latch.promise
  writer.add(answer, 'Hello')
  await clock.advance(1000)
  expect(shown).toEqual([])
  latch.resolve()
  await clock.advance(0)
  expect(shown).toEqual([{ answer, offset: 0, text: 'Hello' }])
  expect(await storedText(answer)).toBe('Hello')
})

test('[F3] the bookmark that is handed on with a text is never ahead of it', async () => {
  const answer = await newAnswer()
  const handedOn = () => {
    const { text, bookmark } = answer.asRunning(OWNER)
    return [text, bookmark?.sequence ?? null]
  }
  const give = (text: string, sequence: number) => {
    writer.add(answer, text)
    answer.bookmark = { responseId: 'resp', sequence }
  }
  const latch = Promise.withResolvers<void>()
  utilisation = 0.8
  store.hold = latch.promise
  give('Hello', 3)
  await clock.advance(5)
  give(' there', 5)
  expect(handedOn(), 'one append under way, text behind it').toEqual(['', null])
  latch.resolve()
  await clock.advance(0)
  expect(handedOn()).toEqual(['Hello', 3])
  await clock.advance(100)
  expect(handedOn()).toEqual(['Hello there', 5])
  answer.rewind({ text: 'Hello', bookmark: { responseId: 'resp', sequence: 3 } })
  expect(handedOn(), 'the store had less').toEqual(['Hello', 3])
})

test('[D5] the first text goes at once however busy the loop; later text is gathered', async () => {
  const answer = await newAnswer()
  utilisation = 0.8
  writer.add(answer, 'First')
  await clock.advance(0)
  expect(shown.map(({ text }) => text)).toEqual(['First'])
  for (const piece of [' a', ' b', ' c']) {
    writer.add(answer, piece)
    await clock.advance(5)
  }
  expect(shown).toHaveLength(1)
  await clock.advance(25)
  expect(shown.map(({ offset, text }) => [offset, text])).toEqual([
    [0, 'First'],
    [5, ' a b c'],
  ])
})

test('[D5] a node that is slow keeps no text of another node waiting', async () => {
  const [slow, quick] = [await newAnswer(), await newAnswer()]
  store.nodes.set(slow.sessionId, 'a').set(quick.sessionId, 'b')
  const latch = Promise.withResolvers<void>()
  store.hold = latch.promise
  writer.add(slow, 'slow')
  await clock.advance(5)
  store.hold = Promise.resolve()
  writer.add(quick, 'quick')
  await clock.advance(5)
  expect(shown.map(({ text }) => text)).toEqual(['quick'])
  latch.resolve()
  await clock.advance(5)
  expect(shown.map(({ text }) => text)).toEqual(['quick', 'slow'])
})

test('[D5] one call carries all answers, and one is in flight at a time', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, newAnswer))
  const latch = Promise.withResolvers<void>()
  store.hold = latch.promise
  for (let round = 0; round < 5; round++) {
    for (const answer of answers) writer.add(answer, `${round}`)
    await clock.advance(10)
  }
  expect(store.calls).toHaveLength(1)
  latch.resolve()
  await clock.advance(100)
  expect(store.calls.map((items) => items.length)).toEqual([20, 20])
  expect(store.mostUnderWay).toBe(1)
  for (const answer of answers) expect(await storedText(answer)).toBe('01234')
})

test.each(['before', 'after'] as const)(
  '[D1] a call that failed %s it was applied is repeated unchanged, and stored once',
  async (when) => {
    const answer = await newAnswer()
    store.fail = when
    writer.add(answer, 'Once ')
    await clock.advance(200)
    writer.add(answer, 'only.')
    await clock.advance(2000)
    expect(store.calls.length).toBeGreaterThan(2)
    for (const items of store.calls) expect(items).toEqual(store.calls[0])
    expect(shown).toEqual([])
    store.fail = null
    await clock.advance(2000)
    expect(shown.map(({ offset, text }) => [offset, text])).toEqual([
      [0, 'Once '],
      [5, 'only.'],
    ])
    expect(await storedText(answer)).toBe('Once only.')
  },
)

test('[F1] what a stale owner appends is refused, shown to nobody, and others in the same call are not harmed', async () => {
  const stale = await newAnswer()
  const fine = await newAnswer()
  await store.claim({ sessionId: stale.sessionId, epoch: stale.epoch, owner: 'r2.test' })
  writer.add(stale, 'too late')
  writer.add(fine, 'in time')
  await clock.advance(0)
  expect(fenced).toEqual([stale])
  expect(shown.map(({ answer, text }) => [answer, text])).toEqual([[fine, 'in time']])
  expect(await storedText(stale)).toBe('')
})

test('backpressure: who adds faster than the store takes is asked to wait, and what waits is bounded', async () => {
  const answer = await newAnswer()
  const latch = Promise.withResolvers<void>()
  store.hold = latch.promise
  const piece = 'x'.repeat(1000)
  let said = 0
  let waiting = false
  const speak = async (): Promise<void> => {
    while (said < 1_000_000) {
      said += piece.length
      waiting = true
      await writer.add(answer, piece)
      waiting = false
    }
  }
  const speaking = speak()
  await clock.advance(10_000)
  expect(waiting).toBe(true)
  expect(answer.pending.length + answer.inFlight.length).toBeLessThanOrEqual(2 * 65 * 1024)
  latch.resolve()
  await clock.advance(10_000)
  await speaking
  await clock.advance(100)
  expect((await storedText(answer))?.length).toBe(said)
})

test('an answer that is released lets go of whoever waits for it', async () => {
  const answer = await newAnswer()
  store.hold = new Promise(() => {})
  writer.add(answer, 'x')
  await clock.advance(0)
  const waits = writer.add(answer, 'y'.repeat(100_000))
  expect(waits).toBeInstanceOf(Promise)
  writer.release(answer)
  await waits
  expect(answer.pending).toBe('')
})

test('[D2] offsets count UTF-16 units while the store counts bytes', async () => {
  const answer = await newAnswer()
  for (const piece of ['👍🏽', 'é', '漢字']) {
    writer.add(answer, piece)
    await clock.advance(0)
  }
  expect(shown.map(({ offset, text }) => [offset, text])).toEqual([
    [0, '👍🏽'],
    [4, 'é'],
    [5, '漢字'],
  ])
  expect(answer.storedBytes).toBe(Buffer.byteLength('👍🏽é漢字'))
})

test('[G6] an answer whose text can never be stored holds up no other, and is tried no more', async () => {
  const [poisoned, ...fine] = await Promise.all([newAnswer(), newAnswer(), newAnswer()])
  const append = store.append.bind(store)
  store.append = async (items) => {
    if (items.some(({ sessionId }) => sessionId === poisoned.sessionId)) throw new TypeError('not a string')
    return append(items)
  }
  for (const answer of [poisoned, ...fine]) writer.add(answer, 'text')
  await clock.advance(10_000)
  expect(broken).toEqual([poisoned])
  expect(shown.map(({ answer }) => answer)).toEqual(fine)
  expect(poisoned.text).toBe('text')
})

test('[G1] an answer that alone is not taken is offered again unchanged, and holds up no other', async () => {
  const [late, fine] = [await newAnswer(), await newAnswer()]
  const append = store.append.bind(store)
  let hasRoom = false
  store.append = async (items) => {
    const isTaken = ({ sessionId }: AppendItem) => hasRoom || sessionId !== late.sessionId
    const results = await append(items.filter(isTaken))
    let next = 0
    return items.map((item) => (isTaken(item) ? (results[next++] ?? 'fenced') : 'later'))
  }
  for (const answer of [late, fine]) writer.add(answer, 'One ')
  await clock.advance(1000)
  for (const answer of [late, fine]) writer.add(answer, 'two.')
  await clock.advance(1000)
  expect(shown.map(({ answer, text }) => [answer, text])).toEqual([
    [fine, 'One '],
    [fine, 'two.'],
  ])
  hasRoom = true
  await clock.advance(1000)
  expect(shown.filter(({ answer }) => answer === late).map(({ text }) => text)).toEqual(['One ', 'two.'])
})

test('[X6] a bug where the text of one answer is shown costs that answer, and holds up no other', async () => {
  const answers = await Promise.all([newAnswer(), newAnswer(), newAnswer()])
  faulty = answers[1] ?? null
  for (const answer of answers) writer.add(answer, 'one')
  await clock.advance(100)
  expect(broken).toEqual([faulty])
  for (const answer of answers) if (answer !== faulty) writer.add(answer, ' two')
  await clock.advance(100)
  const texts = await Promise.all(answers.map(storedText))
  expect(texts).toEqual(['one two', 'one', 'one two'])
  expect(shown).toHaveLength(4)
})

test('[F7] answers whose text is not taken for seconds say each second that it is tried again; the log says it once', async () => {
  const answers = [await newAnswer(), await newAnswer()]
  store.fail = 'before'
  const startedAt = clock.now()
  for (const answer of answers) writer.add(answer, 'text')
  await clock.advance(1400)
  expect(activities, 'a moment is not worth a word').toEqual([])
  await clock.advance(8600)
  const told = answers.map((answer) => activities.filter((one) => one.answer === answer))
  for (const ofOne of told) {
    expect(new Set(ofOne.map(({ kind }) => kind))).toEqual(new Set(['retrying']))
    expect(ofOne.length).toBeGreaterThanOrEqual(8)
    expect(ofOne.length).toBeLessThanOrEqual((clock.now() - startedAt) / 1000)
  }
  expect(warnings).toEqual(['append failed, trying again'])
  store.fail = null
  await clock.advance(1000)
  expect(shown.map(({ text }) => text)).toEqual(['text', 'text'])
})

const saysSo = (answer: OwnedAnswer) => activities.filter((one) => one.answer === answer && one.kind === 'retrying')

test('[F7] so do those whose text has come since, once each', async () => {
  const [first, second] = [await newAnswer(), await newAnswer()]
  store.fail = 'before'
  writer.add(first, 'text')
  await clock.advance(60)
  for (const answer of [first, second]) writer.add(answer, ' behind the call that is repeated')
  await clock.advance(10_000)
  expect(saysSo(second).length).toBeGreaterThanOrEqual(8)
  expect(saysSo(second)).toHaveLength(saysSo(first).length)
  expect(saysSo(first).length).toBeLessThanOrEqual(10)
  second.become('closing') // its end says it from here on
  activities = []
  await clock.advance(2000)
  expect(saysSo(first)).not.toEqual([])
  expect(saysSo(second)).toEqual([])
})

test.each([
  ['is read no further', ''],
  ['goes on', ' word'],
])(
  '[F7] one that alone is not taken is offered four times a second and says so once, while its model %s',
  async (_, word) => {
    const answer = await newAnswer()
    const append = store.append.bind(store)
    let hasRoom = false
    let offers = 0
    store.append = async (items) => {
      offers++
      return hasRoom ? append(items) : items.map(() => 'later')
    }
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 25) {
        if (word !== '') writer.add(answer, word)
        await clock.advance(25)
      }
    }
    writer.add(answer, 'text')
    await pass(700)
    expect(activities, 'a moment is not worth a word').toEqual([])
    await pass(9300)
    expect(saysSo(answer).length).toBeGreaterThanOrEqual(8)
    expect(saysSo(answer).length).toBeLessThanOrEqual(10)
    expect(offers).toBeLessThanOrEqual(42)
    hasRoom = true
    await clock.advance(1000)
    expect(shown.map(({ text }) => text).join('')).toBe(answer.text)
    hasRoom = false
    activities = []
    writer.add(answer, ' and more')
    await clock.advance(700)
    expect(activities, 'another moment').toEqual([])
  },
)
