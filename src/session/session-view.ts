import type { Delta } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { type Position, positionOf, stepOf } from './merge.ts'

/** What a follower is to be told next. */
export type Emission =
  | { readonly kind: 'message'; readonly message: Message }
  | {
      readonly kind: 'delta'
      readonly messageId: string
      readonly attempt: number
      readonly offset: number
      readonly text: string
    }

/** Answers whose late ends are still taken: notes are seconds late at most. */
const MAX_EARLIER = 8

/**
 * What the followers of a session have been told: how far the messages, and how far the last answer. Takes what comes
 * from anywhere (this replica's own answer, another replica's notes, the store), late, twice or out of order, and gives
 * what has to be told so that deltas stay contiguous and the final message equals them joined (D2, D4). Pure: no I/O.
 */
export class SessionView {
  #lastSeq = 0
  #answer: { readonly id: string; position: Position } | null = null
  /** Attempts of the last answers before it: the end of another attempt at one may be told late, by another replica. */
  readonly #earlier = new Map<string, number>()

  /** A view of somebody who was just given `messages`. */
  static of(messages: readonly Message[]): SessionView {
    const view = new SessionView()
    view.take(messages.slice(-2))
    return view
  }

  /** A view of somebody who was told everything before this delta; `lastSeq` is the newest message that was told of. */
  static beforeDelta(lastSeq: number, delta: Omit<Delta, 'sessionId'>): SessionView {
    const view = new SessionView()
    view.#lastSeq = lastSeq
    view.#answer = { id: delta.messageId, position: { attempt: delta.attempt, length: delta.offset, final: false } }
    return view
  }

  /** A view of somebody who was told everything before this message. */
  static beforeMessage(message: Message): SessionView {
    const view = new SessionView()
    view.#lastSeq = message.seq - 1
    return view
  }

  /** `seq` above which messages may be news: the last answer may still change, and the one before may have. */
  get newsAfter(): number {
    return Math.max(0, this.#lastSeq - 3)
  }

  /** An answer is streaming, as far as is known here. */
  get streaming(): boolean {
    return this.#answer !== null && !this.#answer.position.final
  }

  /** Everybody holds `messages` now, under the numbers that they have here; what was told of the last answer's text stays told. */
  rebase(messages: readonly Message[]): void {
    const known = this.#answer
    const [last, previous] = messages.filter((message) => message.role === 'assistant').reverse()
    this.#lastSeq = messages.at(-1)?.seq ?? 0
    this.#earlier.clear()
    if (previous !== undefined) this.#keepEarlier(previous.id, previous.attempt)
    this.#answer = last === undefined ? null : { id: last.id, position: positionOf(last) }
    if (known === null || last === undefined || known.id !== last.id) return
    const { attempt, length } = known.position
    if (attempt > last.attempt) this.#answer = known
    if (attempt === last.attempt && length > last.content.length)
      this.#answer = { id: last.id, position: { ...positionOf(last), length } }
  }

  /** More of the answer's text was told than the message has. */
  isAhead(message: Message): boolean {
    if (this.#answer?.id !== message.id) return false
    const { attempt, length } = this.#answer.position
    return attempt > message.attempt || (attempt === message.attempt && length > message.content.length)
  }

  /** Takes what the store holds now, oldest message first. */
  take(messages: readonly Message[]): Emission[] {
    const { newsAfter } = this
    return messages.flatMap((message) => (message.seq > newsAfter ? this.#takeStored(message) : []))
  }

  /** Takes a message; `gap` where something before it was not told: read the store and `take` what it holds. */
  takeMessage(message: Message): Emission[] | 'gap' {
    const isNew = message.seq > this.#lastSeq
    // A session has one answer at a time (M3): where there is a message after it, the answer's end was missed.
    if (isNew && (message.seq > this.#lastSeq + 1 || this.streaming)) return 'gap'
    return this.#takeStored(message)
  }

  #takeStored(message: Message): Emission[] {
    if (this.#answer !== null && message.id === this.#answer.id) return this.#takeAnswer(this.#answer.position, message)
    if (message.seq <= this.#lastSeq) return this.#takeLate(message)
    this.#lastSeq = message.seq
    if (message.role === 'assistant') {
      if (this.#answer !== null) this.#keepEarlier(this.#answer.id, this.#answer.position.attempt)
      this.#answer = { id: message.id, position: positionOf(message) }
    }
    return [{ kind: 'message', message }]
  }

  #takeLate(message: Message): Emission[] {
    const { id, attempt, status } = message
    const known = this.#earlier.get(id)
    if (known === undefined || attempt <= known || status === 'streaming') return []
    this.#earlier.set(id, attempt)
    return [{ kind: 'message', message }]
  }

  #keepEarlier(id: string, attempt: number): void {
    this.#earlier.set(id, attempt)
    for (const oldest of this.#earlier.keys()) {
      if (this.#earlier.size <= MAX_EARLIER) return
      this.#earlier.delete(oldest)
    }
  }

  #takeAnswer(known: Position, message: Message): Emission[] {
    const incoming = positionOf(message)
    if (incoming.attempt < known.attempt) return []
    if (incoming.attempt > known.attempt) {
      this.#answer = { id: message.id, position: incoming }
      return [{ kind: 'message', message }]
    }
    if (known.final) return []
    const emissions: Emission[] = []
    if (incoming.length > known.length) {
      const { id: messageId, attempt } = message
      emissions.push({
        kind: 'delta',
        messageId,
        attempt,
        offset: known.length,
        text: message.content.slice(known.length),
      })
    }
    if (incoming.final) emissions.push({ kind: 'message', message })
    this.#answer = { id: message.id, position: { ...incoming, length: Math.max(incoming.length, known.length) } }
    return emissions
  }

  /** Takes a delta; `gap` where something before it was not told: read the store and `take` what it holds. */
  takeDelta(delta: Omit<Delta, 'sessionId'>): Emission[] | 'gap' {
    if (this.#answer === null || this.#answer.id !== delta.messageId) return 'gap'
    const { position } = this.#answer
    const step = stepOf(position, delta)
    if (step.kind === 'gap') return 'gap'
    if (step.kind === 'drop') return []
    const offset = step.kind === 'restart' ? 0 : position.length
    this.#answer.position = { attempt: delta.attempt, length: offset + step.text.length, final: false }
    return [{ kind: 'delta', messageId: delta.messageId, attempt: delta.attempt, offset, text: step.text }]
  }
}
