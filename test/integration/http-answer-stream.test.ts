import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerStream, type EventSink, resumeOffset } from '../../src/http/answer-stream.ts'
import type { Delta } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { mergeDelta } from '../../src/session/merge.ts'

const SESSION = 'session'
const ANSWER: Message = {
  id: '11111111-1111-4111-8111-111111111111',
  seq: 2,
  role: 'assistant',
  content: '',
  status: 'streaming',
  attempt: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  metadata: {},
}

/** A reader that takes nothing until it is told to, with room for `room` events. */
class Reader implements EventSink {
  readonly events: { event: string; data: { message?: Message } & Partial<Delta>; id: string | undefined }[] = []
  readonly room: number
  ended = false
  most = 0
  #waiting = 0
  #drained: (() => void)[] = []

  constructor(room: number) {
    this.room = room
  }

  get full(): boolean {
    return this.#waiting > this.room
  }

  send(event: string, data: object, id?: string): void {
    if (this.ended) throw new Error('sent to a stream that has ended')
    this.events.push({ event, data, id })
    this.#waiting += 1
    this.most = Math.max(this.most, this.#waiting)
  }

  onDrain(run: () => void): void {
    this.#drained.push(run)
  }

  end(): void {
    this.ended = true
  }

  read(): void {
    this.#waiting = 0
    for (const run of this.#drained.splice(0)) run()
  }
}

type Act =
  | { readonly kind: 'text'; readonly text: string }
  /** A delta that this reader's replica never hears of. */
  | { readonly kind: 'lost'; readonly text: string }
  /** The last so many units are told again (D2: a new owner repeats what may not have been seen). */
  | { readonly kind: 'repeat'; readonly units: number }
  /** A further attempt, from nothing or with the text kept (F3, G4). */
  | { readonly kind: 'attempt'; readonly keep: boolean }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'read' }
  | { readonly kind: 'settle' }

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('text' as const), text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost' as const), text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), units: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('attempt' as const), keep: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'snapshot' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'read' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'settle' as const }) },
)

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Lets an answer happen, with one reader who joins after `before` of it, and gives what the reader was sent. */
async function happen(acts: readonly Act[], before: number, room: number): Promise<{ reader: Reader; final: Message }> {
  let stored = ANSWER
  const reader = new Reader(room)
  const stream = new AnswerStream({
    sessionId: SESSION,
    stored: async () => {
      const read = stored
      await settled() // the reply is on its way, and the answer goes on
      return read
    },
    onSlow: () => {},
  })
  const tell = (offset: number, text: string) =>
    stream.delta({ sessionId: SESSION, messageId: ANSWER.id, attempt: stored.attempt, offset, text })
  const store = (text: string) => {
    const offset = stored.content.length
    stored = { ...stored, content: stored.content + text }
    return offset
  }
  const run = (next: Act): void | Promise<void> => {
    switch (next.kind) {
      case 'text':
        return tell(store(next.text), next.text)
      case 'lost':
        return void store(next.text)
      case 'repeat': {
        const offset = wholeBefore(stored.content, stored.content.length - next.units)
        return offset < stored.content.length ? tell(offset, stored.content.slice(offset)) : undefined
      }
      case 'attempt':
        stored = { ...stored, attempt: stored.attempt + 1, content: next.keep ? stored.content : '' }
        return stream.message({ message: stored })
      case 'snapshot':
        return stream.message({ message: stored })
      case 'read':
        return reader.read()
      case 'settle':
        return settled()
    }
  }

  let snapshot = stored
  for (const [i, next] of acts.entries()) {
    if (i === Math.floor(before / 2)) snapshot = stored // what happens until the start is held
    if (i === before) stream.start(reader, snapshot, 0)
    await run(next)
  }
  stored = { ...stored, status: 'complete' }
  stream.message({ message: stored })
  if (before >= acts.length) stream.start(reader, snapshot, 0)
  for (let patience = 0; !reader.ended && patience < 10_000; patience++) {
    reader.read()
    await settled()
  }
  return { reader, final: stored }
}

function wholeBefore(content: string, offset: number): number {
  const at = Math.max(0, offset)
  const unit = content.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}

test('[D2] [D4] [D6] whatever is lost, repeated, restarted or read late, deltas are contiguous and make the final text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 40 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 6 }),
      async (acts, before, room) => {
        const { reader, final } = await happen(acts, before, room)
        expect(reader.ended).toBe(true)
        expect(reader.most).toBeLessThanOrEqual(room + 2) // one piece over the limit, and the final message
        const { events } = reader
        expect(events.map(({ event }) => event).lastIndexOf('message')).toBe(events.length - 1)
        expect(events.filter(({ event }) => event === 'message')).toHaveLength(1)
        expect(events.at(-1)?.data).toEqual({ sessionId: SESSION, message: final })

        let held: Message = ANSWER
        for (const { data, id } of events.slice(0, -1)) {
          const delta = data as Delta
          if (delta.attempt === held.attempt) expect(delta.offset).toBe(held.content.length)
          const merged = mergeDelta(held, delta)
          if (merged === null) throw new Error('a gap')
          held = merged
          expect(held.content.isWellFormed()).toBe(true)
          expect(id).toBe(`${ANSWER.id}:${held.attempt}:${held.content.length}`)
        }
        if (final.content !== '') expect(held.content).toBe(final.content)
      },
    ),
    { numRuns: 500 },
  )
})

test('[D2] a long text is given in pieces that split no surrogate pair', async () => {
  const content = `x${'😀'.repeat(40_000)}`
  const reader = new Reader(1000)
  const stream = new AnswerStream({ sessionId: SESSION, stored: async () => undefined, onSlow: () => {} })
  stream.start(reader, { ...ANSWER, content, status: 'complete' }, 0)
  const pieces = reader.events.slice(0, -1).map(({ data }) => data.text ?? '')
  expect(pieces.length).toBeGreaterThan(1)
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
  expect(pieces.join('')).toBe(content)
})

test('[H] Last-Event-ID tells where to go on only in the same answer and attempt', () => {
  const answer = { ...ANSWER, content: 'a😀b', attempt: 2 }
  expect(resumeOffset(`${ANSWER.id}:2:4`, answer)).toBe(4)
  expect(resumeOffset(`${ANSWER.id}:2:1`, answer)).toBe(1)
  for (const useless of [
    undefined,
    '',
    'x',
    `${ANSWER.id}:1:1`,
    `${ANSWER.id}:2:2`,
    `${ANSWER.id}:2:5`,
    `${ANSWER.id}:2:1 `,
  ]) {
    expect(resumeOffset(useless, answer), String(useless)).toBe(0)
  }
})

/** Found by a soak: another replica had gone on with the answer in its own words, to as many characters. */
test('[D4] [H] a stream whose text is not what is stored ends without the final message', async () => {
  const show = (final: Message) => {
    const reader = new Reader(1000)
    const stream = new AnswerStream({ sessionId: SESSION, stored: async () => undefined, onSlow: () => {} })
    stream.start(reader, { ...ANSWER, content: '', status: 'streaming' }, 0)
    stream.delta({ sessionId: SESSION, messageId: ANSWER.id, attempt: ANSWER.attempt, offset: 0, text: 'in my words' })
    stream.sync({ sessionId: SESSION, after: 0, messages: [final] }, [])
    return { names: reader.events.map(({ event }) => event), ended: reader.ended }
  }
  const final = (content: string): Message => ({ ...ANSWER, content, status: 'complete' })
  expect(show(final('in my words'))).toEqual({ names: ['delta', 'message'], ended: true })
  for (const other of ['in its word', 'in its words, and more', 'in'])
    expect(show(final(other)), other).toEqual({ names: ['delta'], ended: true })
})

test('[G5] [H] the stream of an answer whose seq was provisional ends with the answer, told by a second sync above its first place', () => {
  const at = (seq: number, content: string): Message => ({ ...ANSWER, seq, content })
  const reader = new Reader(1000)
  const stream = new AnswerStream({ sessionId: 's', stored: async () => undefined, onSlow() {} })
  stream.start(reader, at(2, 'Hel'), 0)
  // Redis is back: another replica had added two messages, and this answer comes after them.
  stream.sync({ sessionId: 's', after: 1, messages: [{ ...at(2, ''), id: 'x', status: 'complete' }, at(4, 'Hel')] }, [])
  // It goes away once more; when it is back, the answer has ended.
  stream.sync({ sessionId: 's', after: 3, messages: [{ ...at(4, 'Hello'), status: 'complete' }] }, [])
  expect(reader.events.at(-1)).toMatchObject({
    event: 'message',
    data: { message: { content: 'Hello', status: 'complete' } },
  })
  expect(reader.ended).toBe(true)
})
