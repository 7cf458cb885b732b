import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as talk from '../../src/client/conversation-state.ts'
import type { Delta } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'

/** What a gateway may do to one session, and to the one socket that is told of it. */
type Act =
  | { kind: 'append'; text: string }
  /** A takeover: what may not have been seen is told again, split otherwise. */
  | { kind: 'repeat'; back: number; pieces: number }
  /** The text starts again from nothing: a restart while it streams, a regenerate after that. */
  | { kind: 'restart' }
  | { kind: 'finish' }
  /** The next question and its answer. */
  | { kind: 'turn' }
  /** A delta of an attempt that is over comes late, from a replica that was slow. */
  | { kind: 'stale'; attempt: number; offset: number }
  /** A socket that reads too slowly is not told of this text (D6). */
  | { kind: 'skip'; text: string }
  | { kind: 'disconnect' }
  /** `before` and `between` happen while `session:open` is on its way: before, and after, the snapshot is taken. */
  | { kind: 'open'; before: Act[]; between: Act[] }

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const change: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: text.map((text): Act => ({ kind: 'append', text })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('repeat' as const),
      back: fc.nat(40),
      pieces: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'restart' }) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'finish' }) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'turn' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale' as const), attempt: fc.nat(3), offset: fc.nat(30) }) },
)
const changes = fc.array(change, { maxLength: 5 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: change },
  { weight: 1, arbitrary: text.map((text): Act => ({ kind: 'skip', text })) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'disconnect' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open' as const), before: changes, between: changes }) },
)

/** The gateway's truth of a session, and a client that is told of it. */
class Scene {
  messages: Message[] = []
  client = talk.EMPTY
  connected = false
  /** The text of every attempt of every answer, as far as it came. */
  readonly #texts = new Map<string, string>()

  constructor() {
    this.play({ kind: 'turn' })
    this.open()
  }

  play(act: Act): void {
    const { answer } = this
    switch (act.kind) {
      case 'append':
        this.#append(act.text, true)
        return
      case 'skip':
        this.#append(act.text, false)
        return
      case 'repeat': {
        const { content, attempt } = answer
        let offset = Math.max(0, content.length - act.back)
        const size = Math.max(1, Math.ceil((content.length - offset) / act.pieces))
        for (; offset < content.length; offset += size) {
          this.#tellDelta({ attempt, offset, text: content.slice(offset, offset + size) })
        }
        return
      }
      case 'restart':
        this.#change({ ...answer, attempt: answer.attempt + 1, content: '', status: 'streaming' })
        return
      case 'finish':
        this.#change({ ...answer, status: 'complete' })
        this.#tell(this.answer)
        return
      case 'turn': {
        if (this.messages.length > 0 && answer.status === 'streaming') return
        const seq = this.messages.length + 1
        this.messages.push(message(seq, 'user', 'why?', 'complete'), message(seq + 1, 'assistant', '', 'streaming'))
        for (const added of this.messages.slice(-2)) this.#tell(added)
        return
      }
      case 'stale':
        if (act.attempt < answer.attempt) this.#tellRest(act.attempt, act.offset)
        return
      case 'disconnect':
        this.connected = false
        this.client = talk.openFailed(this.client)
        return
      case 'open':
        this.open(act.before, act.between)
        return
    }
  }

  open(before: Act[] = [], between: Act[] = []): void {
    const after = talk.resumeAfter(this.client) ?? 0
    this.client = talk.startOpening(this.client, after)
    this.connected = true
    for (const act of before) this.play(act)
    const messages = this.messages.filter(({ seq }) => seq > after)
    for (const act of between) this.play(act)
    this.client = talk.opened(this.client, { sessionId: SESSION, messages, durable: true })
  }

  lateDelta(): void {
    this.#tellDelta({ attempt: this.answer.attempt, offset: this.answer.content.length, text: 'too late' })
  }

  get answer(): Message {
    return this.messages.at(-1) as Message
  }

  /** Whatever is shown of an attempt is a beginning of its text. */
  check(): void {
    for (const { id, role, attempt, content } of this.client.messages) {
      if (role !== 'assistant' || this.#texts.get(`${id} ${attempt}`)?.startsWith(content) === true) continue
      throw new Error(
        `${JSON.stringify(content)} is no beginning of attempt ${attempt} of ${JSON.stringify([...this.#texts])}`,
      )
    }
  }

  #append(text: string, told: boolean): void {
    const { answer } = this
    if (answer.status !== 'streaming') return
    this.#change({ ...answer, content: answer.content + text })
    if (told) this.#tellDelta({ attempt: answer.attempt, offset: answer.content.length, text })
  }

  #change(answer: Message): void {
    this.messages[this.messages.length - 1] = answer
    this.#texts.set(`${answer.id} ${answer.attempt}`, answer.content)
  }

  #tell(message: Message): void {
    if (message.role === 'assistant') this.#texts.set(`${message.id} ${message.attempt}`, message.content)
    this.#receive({ name: 'message', data: { sessionId: SESSION, message } })
  }

  #tellRest(attempt: number, offset: number): void {
    const text = this.#texts.get(`${this.answer.id} ${attempt}`)?.slice(offset) ?? ''
    if (text !== '') this.#tellDelta({ attempt, offset, text })
  }

  #tellDelta({ attempt, offset, text }: Pick<Delta, 'attempt' | 'offset' | 'text'>): void {
    const data = { sessionId: SESSION, messageId: this.answer.id, attempt, offset, text }
    this.#receive({ name: 'delta', data })
  }

  #receive(event: talk.SessionEvent): void {
    if (this.connected) this.client = talk.received(this.client, event)
  }
}

function message(seq: number, role: Message['role'], content: string, status: Message['status']): Message {
  const id = `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`
  return { id, seq, role, content, status, attempt: 1, createdAt: '2026-01-01T00:00:00.000Z', metadata: {} }
}

describe('[D3] the merge rule', () => {
  test('any split, repeat, restart, loss and reconnect gives the text, and never shows anything else', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const scene = new Scene()
        for (const act of acts) {
          scene.play(act)
          scene.check()
          if (scene.connected && scene.client.gap) scene.open()
        }
        if (!scene.connected) scene.open()
        scene.play({ kind: 'finish' })
        if (scene.client.gap) scene.open()
        scene.lateDelta()
        expect(scene.client.messages).toEqual(scene.messages)
      }),
      { numRuns: 5000 },
    )
  })

  test('a socket that misses nothing never has to open again', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), changes, changes, (acts, before, between) => {
        const scene = new Scene()
        for (const act of [...acts, { kind: 'open', before, between } as const, ...acts]) {
          scene.play(act)
          scene.check()
          expect(scene.client.gap).toBe(false)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
