import type { Message } from '../../src/protocol/message.ts'

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

/** Whether both are stored as the same JSON. That is asked at every step of a run's end, so only what has no quicker way is written out. */
export function isSame(a: Message, b: Message): boolean {
  if (a === b) return true
  const isAlike = a.status === b.status && a.content === b.content && a.id === b.id && a.seq === b.seq
  const isOfOneTime = isAlike && a.attempt === b.attempt && a.createdAt === b.createdAt && a.role === b.role
  return isOfOneTime && (a.metadata === b.metadata || JSON.stringify(a.metadata) === JSON.stringify(b.metadata))
}

export function newAttempt(): Attempt {
  return { text: '', final: null, contributors: [], bookmarked: false }
}

/** `r1` of `r1.3`. */
export function replicaOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'))
}
