import type { Message } from '../../src/protocol/message.ts'
import { encodeMessage } from '../../src/store/message-json.ts'

/** One attempt at an answer, as the store was told of it. */
export interface Attempt {
  text: string
  final: Message | null
  /** Replicas that added text, in order. */
  contributors: string[]
  /** The provider's response is known to the store: from then on it may not be asked for another. */
  bookmarked: boolean
}

export interface AnswerRecord {
  readonly id: string
  readonly seq: number
  readonly question: string
  attempt: number
  readonly attempts: Map<number, Attempt>
  epoch: number
  owner: string
  takeovers: number
}

export interface Exchange {
  readonly message: Message
  readonly answer: AnswerRecord
}

export interface SessionRecord {
  readonly id: string
  lastSeq: number
  /** By id of the user's message. */
  readonly exchanges: Map<string, Exchange>
  readonly answers: Map<string, AnswerRecord>
  running: AnswerRecord | null
}

export function currentOf(record: AnswerRecord): Attempt {
  const attempt = record.attempts.get(record.attempt)
  if (attempt === undefined) throw new Error('an answer without its attempt')
  return attempt
}

/** Mostly they differ in what is quickly seen, or are one and the same: this is asked at every step of a run's end. */
export function isSame(a: Message, b: Message): boolean {
  if (a === b) return true
  return a.status === b.status && a.content === b.content && encodeMessage(a) === encodeMessage(b)
}

export function newAttempt(): Attempt {
  return { text: '', final: null, contributors: [], bookmarked: false }
}

/** `r1` of `r1.3`. */
export function replicaOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'))
}
