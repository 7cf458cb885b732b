import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as talk from '../../src/client/conversation-state.ts'
import type { Message } from '../../src/protocol/message.ts'

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'

/** What happens to a session while Redis comes and goes, and to a client of one replica after the other. */
type Act =
  /** A question, by this client or somebody else; `late`: its acknowledgement comes after the events. */
  | { kind: 'turn'; own: boolean; late: boolean }
  | { kind: 'say'; text: string }
  | { kind: 'end'; status: 'complete' | 'stopped' | 'error' }
  | { kind: 'regenerate' }
  /** A replica that has Redis does the same to what is stored there: nobody tells a client of one that has not. */
  | { kind: 'elsewhere'; act: Act }
  /** The client's replica loses Redis: from here on it tells what only it holds. */
  | { kind: 'away' }
  /** Redis is back: what the replica held is appended, `keeps` its view of what both hold, and a sync tells what stands. */
  | { kind: 'back'; keeps: boolean; lower: number }
  /** The replica dies with what only it held. */
  | { kind: 'die' }
  | { kind: 'disconnect' }
  /** Text that a socket is not told of (D6). */
  | { kind: 'skip'; text: string }
  /** `before` and `between` happen while `session:open` is on its way: before, and after, the snapshot is taken. */
  | { kind: 'open'; before: Act[]; between: Act[] }

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
const change: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const), own: fc.boolean(), late: fc.boolean() }) },
  { weight: 5, arbitrary: text.map((text): Act => ({ kind: 'say', text })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      status: fc.constantFrom('complete' as const, 'stopped' as const, 'error' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'regenerate' }) },
)
const event: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: change },
  { weight: 3, arbitrary: change.map((act): Act => ({ kind: 'elsewhere', act })) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'away' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('back' as const), keeps: fc.boolean(), lower: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'die' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'disconnect' }) },
  { weight: 1, arbitrary: text.map((text): Act => ({ kind: 'skip', text })) },
)
const events = fc.array(event, { maxLength: 4 })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 9, arbitrary: event },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open' as const), before: events, between: events }) },
)

class Scene {
  /** What Redis holds. */
  stored: Message[] = []
  client = talk.EMPTY
  #connected = false
  #isAway = false
  /** What the client's replica holds while Redis is away for it. */
  #memory: Message[] | null = null
  #ids = 0
  /** The client opened while its replica was alone: another may have told it what only that one held, so all is told again. */
  #owesAll = false
  /** The first message of which text was not told. */
  #skipped = Number.POSITIVE_INFINITY

  play(act: Act): void {
    const { answer } = this
    const streams = answer?.status === 'streaming'
    switch (act.kind) {
      case 'turn':
        return streams ? undefined : this.#turn(act.own, act.late)
      case 'say':
      case 'skip':
        return streams ? this.#say(answer, act.text, act.kind === 'say') : undefined
      case 'end':
        return streams ? this.#tell({ ...answer, status: act.status }) : undefined
      case 'regenerate':
        if (answer === undefined || streams) return
        return this.#tell({ ...answer, content: '', attempt: answer.attempt + 1, status: 'streaming' })
      case 'elsewhere':
        return this.#memory === null ? undefined : this.#elsewhere(act.act)
      case 'away':
        this.#isAway = true
        this.#memory ??= [...this.stored]
        return this.#receive({ name: 'backend', data: { backend: 'memory' } })
      case 'back':
        return this.#isAway ? this.#back(act.keeps, act.lower) : undefined
      case 'die':
        this.#memory = this.#isAway ? [...this.stored] : null
        return this.#disconnect()
      case 'disconnect':
        return this.#disconnect()
      case 'open':
        return this.open(act.before, act.between)
    }
  }

  /** What the client has to do by itself: come back, and open again where something is missing. */
  mend(): void {
    if (!this.#connected || this.client.gap) this.open()
  }

  open(before: Act[] = [], between: Act[] = []): void {
    const after = talk.resumeAfter(this.client) ?? 0
    this.client = talk.startOpening(this.client, after)
    this.#connected = true
    for (const act of before) this.play(act)
    const durable = this.#memory === null
    const reaches = (this.messages.at(-1)?.seq ?? 0) >= after
    const from = reaches ? after : 0
    const messages = this.messages.filter(({ seq }) => seq > from)
    this.#owesAll = !durable
    for (const act of between) this.play(act)
    if (!this.#connected) return
    this.client = talk.opened(this.client, { sessionId: SESSION, messages, durable, after: from })
  }

  get messages(): Message[] {
    return this.#memory ?? this.stored
  }

  get answer(): Message | undefined {
    return this.messages.at(-1)
  }

  #disconnect(): void {
    this.#connected = false
    this.client = talk.openFailed(this.client)
  }

  #turn(own: boolean, late: boolean): void {
    const added = this.#added()
    const persisted = this.#memory === null
    this.messages.push(...added)
    const acknowledge = () => {
      if (own && this.#connected)
        this.client = talk.acknowledged(this.client, { sessionId: SESSION, messages: added, persisted })
    }
    if (!late) acknowledge()
    for (const message of added) this.#receive({ name: 'message', data: { sessionId: SESSION, message } })
    if (late) acknowledge()
  }

  #added(): Message[] {
    const seq = (this.messages.at(-1)?.seq ?? 0) + 1
    const base = { attempt: 1, createdAt: '2026-01-01T00:00:00.000Z', metadata: {} }
    const id = () => `id ${++this.#ids}`
    return [
      { id: id(), seq, role: 'user', content: 'why?', status: 'complete', ...base },
      { id: id(), seq: seq + 1, role: 'assistant', content: '', status: 'streaming', ...base },
    ]
  }

  #say(answer: Message, text: string, told: boolean): void {
    this.messages[this.messages.length - 1] = { ...answer, content: answer.content + text }
    const { id: messageId, attempt, content } = answer
    const data = { sessionId: SESSION, messageId, attempt, offset: content.length, text }
    if (told) this.#receive({ name: 'delta', data })
    else this.#skipped = Math.min(this.#skipped, answer.seq)
  }

  #tell(message: Message): void {
    this.messages[this.messages.length - 1] = message
    this.#receive({ name: 'message', data: { sessionId: SESSION, message } })
  }

  #elsewhere(act: Act): void {
    const memory = this.#memory
    const connected = this.#connected
    this.#memory = null
    this.#connected = false
    if (act.kind !== 'elsewhere') this.play(act)
    this.#memory = memory
    this.#connected = connected
  }

  #back(keeps: boolean, lower: number): void {
    const told = this.#memory ?? []
    this.#memory = null
    this.#isAway = false
    const known = new Set(this.stored.map(({ id }) => id))
    const view = new Map(told.map((message) => [message.id, message]))
    const takes = keeps && view.get(this.stored.at(-1)?.id ?? '')
    const stands = takes ? [...this.stored.slice(0, -1), takes] : [...this.stored]
    const added = told.filter(({ id }) => !known.has(id))
    const last = stands.at(-1)
    if (added.length > 0 && last?.status === 'streaming') stands[stands.length - 1] = { ...last, status: 'error' }
    this.stored = [...stands, ...added].map((message, index) => ({ ...message, seq: index + 1 }))
    const same = told.findIndex((message, index) => JSON.stringify(message) !== JSON.stringify(this.stored[index]))
    const agreed = Math.min(same === -1 ? told.length : same, this.stored.length, this.#skipped - 1)
    const after = this.#owesAll ? 0 : Math.max(0, agreed - lower)
    const isOwed = this.#owesAll || same !== -1
    this.#owesAll = false
    this.#skipped = Number.POSITIVE_INFINITY
    const messages = this.stored.slice(after)
    this.#receive({ name: 'backend', data: { backend: 'redis' } })
    if (isOwed || messages.length > 0) {
      this.#receive({ name: 'session:sync', data: { sessionId: SESSION, after, messages } })
    }
  }

  #receive(event: talk.SessionEvent): void {
    if (this.#connected) this.client = talk.received(this.client, event)
  }
}

test('[D3] [G4] [G6] any order of snapshots, syncs, deltas, messages and losses ends in what Redis holds', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const scene = new Scene()
      scene.open()
      for (const act of acts) {
        scene.play(act)
        scene.mend()
      }
      scene.play({ kind: 'back', keeps: true, lower: 0 })
      scene.mend()
      scene.play({ kind: 'end', status: 'complete' })
      scene.mend()
      expect(scene.client.messages).toEqual(scene.stored)
      expect(scene.client.held).toBeNull()
    }),
    { numRuns: 10_000 },
  )
})
