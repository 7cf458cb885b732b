import type { Delta } from '../protocol/events.ts'
import type { Message, Metadata } from '../protocol/message.ts'
import { type Position, positionOf, stepOf } from './merge.ts'

/** What a subscriber is to be told next. */
export type Emission =
  | { readonly kind: 'message'; readonly message: Message }
  | {
      readonly kind: 'delta'
      readonly messageId: string
      readonly attempt: number
      readonly offset: number
      readonly text: string
    }

/** Last characters of an answer's text that are kept of its end: V8 copies so many, and of more would keep the whole text. */
const TAIL = 12
/** Earlier answers whose told length is kept, beside those that run. Messages of the bus are seconds late at most. */
const MAX_EARLIER = 8

/** What tells one end of an answer from another: metadata says who made it, how long it took and what it cost (M4). */
interface End extends Pick<Message, 'status' | 'createdAt' | 'metadata'> {
  /** UTF-16 code units of the whole text, and the last of them. */
  readonly length: number
  readonly tail: string
}

/** How much of an answer was told. */
interface Told {
  readonly id: string
  readonly seq: number
  position: Position
  /** Of its end, where that was told: an answer whose end was undone may end otherwise, with as many characters, or none. */
  end: End | null
}

/**
 * What the subscribers of a session have been told: how far the messages, and how far the last answer. Takes what comes
 * from anywhere (this replica's own answer, another replica's notes, the store), late, twice or out of order, and gives
 * what has to be told so that deltas stay contiguous and the final message equals them joined (D2, D4). Pure: no I/O.
 */
export class SessionView {
  #lastSeq = 0
  #answer: Told | null = null
  /** The answers before it: another attempt at one may be told late, or go on while what follows waits to be stored (G4). */
  #earlier: Told[] = []

  /** A view of somebody who was just given `messages`. */
  static of(messages: readonly Message[]): SessionView {
    const view = new SessionView()
    view.rebase(messages)
    return view
  }

  /** A view of somebody who was told everything before this delta; `lastSeq` is the newest message that was told of. */
  static beforeDelta(lastSeq: number, delta: Omit<Delta, 'sessionId'>): SessionView {
    const view = new SessionView()
    view.#lastSeq = lastSeq
    const position = { attempt: delta.attempt, length: delta.offset, final: false }
    view.#answer = { id: delta.messageId, seq: lastSeq, position, end: null }
    return view
  }

  /** A view of somebody who was told everything before this message. */
  static beforeMessage(message: Message): SessionView {
    const view = new SessionView()
    view.#lastSeq = message.seq - 1
    return view
  }

  /** `seq` of the newest message that was told. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** `seq` above which messages may be news: answers that run, and at least the last one, which may be made anew, and the one before. */
  get newsAfter(): number {
    const running = this.#answers.filter(({ position }) => !position.final).map(({ seq }) => seq - 1)
    return Math.max(0, Math.min(this.#lastSeq - 3, ...running))
  }

  /** `seq` above which is all that can be compared with what was told: where the store has lost data, any of it may be otherwise. */
  get knownAfter(): number {
    return Math.max(0, Math.min(this.newsAfter, ...this.#answers.map(({ seq }) => seq - 2)))
  }

  /**
   * More has to come, as far as is known here, and reading what is above `newsAfter` would bring it: an answer is streaming,
   * or the last message is a user's, which never stands without its answer (S4).
   */
  get expecting(): boolean {
    const lacksAnswer = this.#lastSeq > (this.#answer?.seq ?? 0)
    return lacksAnswer || this.#answers.some(({ position }) => !position.final)
  }

  /** Everybody holds `messages` now, under the numbers that they have here; what was told of an answer's text stays told. */
  rebase(messages: readonly Message[]): void {
    const answers = messages.filter(({ role }) => role === 'assistant')
    const told = newest(answers, MAX_EARLIER + 1, ({ status }) => status === 'streaming').map((message): Told => {
      const { id, seq } = message
      const known = this.#known(id)
      const stored = toldOf(message)
      return known === undefined || isBehind(known.position, stored.position) ? stored : { ...known, seq }
    })
    this.#lastSeq = messages.at(-1)?.seq ?? 0
    this.#answer = told.pop() ?? null
    this.#earlier = told
  }

  knows(messageId: string): boolean {
    return this.#known(messageId) !== undefined
  }

  /** The answer is known, and its end was not told. */
  streams(messageId: string): boolean {
    return this.#known(messageId)?.position.final === false
  }

  /** More or other was told than the store holds, which is `messages` above `newsAfter` or less: it has lost or undone some of it. */
  contradicts(messages: readonly Message[]): boolean {
    const { newsAfter } = this
    if ((messages.at(-1)?.seq ?? newsAfter) < this.#lastSeq || messages.some((message) => this.#isMoved(message)))
      return true
    const from = messages[0]?.seq ?? newsAfter + 1 // what is older was not read, or dropped as too old
    return this.#answers.some((told) => {
      if (told.seq < from) return !told.position.final // of what runs all was read: it was dropped, and its end was missed
      const message = messages.find(({ id }) => id === told.id)
      if (message === undefined) return true
      return isBehind(positionOf(message), told.position) || isOtherEnd(told, message)
    })
  }

  /** `seq` up to which what was told is what the store holds, `messages` from `from` on, with no exception that is known here. */
  agreesUpTo(messages: readonly Message[], from = 0): number {
    const [earliest, ...later] = [...this.#earlier, ...(this.#answer === null ? [] : [this.#answer])]
    const differs = (told: Told): boolean => {
      const message = messages.find(({ id }) => id === told.id)
      if (message === undefined) return told.seq >= from
      if (message.seq !== told.seq) return true
      return !isSame(positionOf(message), told.position) || isOtherEnd(told, message)
    }
    if (earliest === undefined || differs(earliest)) return 0 // what came before it is not known any more
    const different = later.find(differs)
    return different === undefined ? this.#lastSeq : different.seq - 2 // nor whether its question is
  }

  /** Takes what the store holds now, oldest message first. */
  take(messages: readonly Message[]): Emission[] {
    const { newsAfter } = this
    const isOld = ({ id, seq }: Message) => seq <= newsAfter && this.#known(id) === undefined
    return messages.flatMap((message) => (isOld(message) ? [] : this.#takeStored(message)))
  }

  /** Takes a message; `gap` where something before it was not told: read the store and `take` what it holds. */
  takeMessage(message: Message): Emission[] | 'gap' {
    const isNew = message.seq > this.#lastSeq
    // A session has one answer at a time (M3): where there is a message after it, the answer's end was missed.
    const misses = this.#answer !== null && !this.#answer.position.final
    if (isNew && (message.seq > this.#lastSeq + 1 || misses)) return 'gap'
    const known = this.#known(message.id)
    if (known !== undefined && (this.#isMoved(message) || isOtherEnd(known, message))) return 'gap'
    return this.#takeStored(message)
  }

  get #answers(): readonly Told[] {
    return this.#answer === null ? this.#earlier : [this.#answer, ...this.#earlier]
  }

  #known(id: string): Told | undefined {
    return this.#answer?.id === id ? this.#answer : this.#earlier.find((answer) => answer.id === id)
  }

  /** It was told under another number: it had been dropped as too old, or lost, and was brought back (G4). */
  #isMoved({ id, seq }: Message): boolean {
    return (this.#known(id)?.seq ?? seq) !== seq
  }

  #takeStored(message: Message): Emission[] {
    const known = this.#known(message.id)
    if (known !== undefined) return this.#takeAnswer(known, message)
    if (message.seq <= this.#lastSeq) return []
    this.#lastSeq = message.seq
    if (message.role === 'assistant') {
      if (this.#answer !== null)
        this.#earlier = newest([...this.#earlier, this.#answer], MAX_EARLIER, ({ position }) => !position.final)
      this.#answer = toldOf(message)
    }
    return [{ kind: 'message', message }]
  }

  #takeAnswer(told: Told, message: Message): Emission[] {
    const known = told.position
    const incoming = positionOf(message)
    if (incoming.attempt < known.attempt) return []
    if (incoming.attempt > known.attempt) {
      told.position = incoming
      told.end = endOf(message)
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
    told.position = { ...incoming, length: Math.max(incoming.length, known.length) }
    told.end = endOf(message)
    return emissions
  }

  /** Takes a delta; `gap` where something before it was not told: read the store and `take` what it holds. */
  takeDelta(delta: Omit<Delta, 'sessionId'>): Emission[] | 'gap' {
    const told = this.#known(delta.messageId)
    if (told === undefined) return 'gap'
    const step = stepOf(told.position, delta)
    if (step.kind === 'gap') return 'gap'
    if (step.kind === 'drop') return []
    const offset = step.kind === 'restart' ? 0 : told.position.length
    told.position = { attempt: delta.attempt, length: offset + step.text.length, final: false }
    told.end = null
    return [{ kind: 'delta', messageId: delta.messageId, attempt: delta.attempt, offset, text: step.text }]
  }
}

/** The last so many, and of those before them whatever still runs: it may go on while what follows waits to be stored (G4). */
function newest<T>(answers: readonly T[], count: number, runs: (answer: T) => boolean): T[] {
  return answers.filter((answer, i) => i >= answers.length - count || runs(answer))
}

function toldOf(message: Message): Told {
  return { id: message.id, seq: message.seq, position: positionOf(message), end: endOf(message) }
}

/** Null of an answer that has not ended. */
function endOf({ status, createdAt, metadata, content }: Message): End | null {
  if (status === 'streaming') return null
  return { status, createdAt, metadata: withoutDetails(metadata), length: content.length, tail: content.slice(-TAIL) }
}

/** What an answer draws on and what was thought for it may take kilobytes: they are not kept. */
function withoutDetails(metadata: Metadata): Metadata {
  if (metadata.sources === undefined && metadata.reasoning === undefined) return metadata
  const { sources, reasoning, ...rest } = metadata
  return rest
}

/** Whether the answer has another end, in the attempt whose end was told. */
function isOtherEnd({ position, end }: Told, message: Message): boolean {
  if (end === null || message.attempt !== position.attempt || message.status === 'streaming') return false
  return !isEnd(end, message)
}

function isEnd(end: End, { status, createdAt, metadata, content }: Message): boolean {
  return (
    end.status === status &&
    end.createdAt === createdAt &&
    end.length === content.length &&
    content.endsWith(end.tail) &&
    (end.metadata === metadata || JSON.stringify(end.metadata) === JSON.stringify(withoutDetails(metadata)))
  )
}

function isSame(one: Position, other: Position): boolean {
  return one.attempt === other.attempt && one.final === other.final && one.length === other.length
}

/** Whether there is less of the answer at `position` than at `other`. */
function isBehind(position: Position, other: Position): boolean {
  if (position.attempt !== other.attempt) return position.attempt < other.attempt
  if (position.final !== other.final) return other.final
  return position.length < other.length
}
