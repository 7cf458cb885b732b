import type { Backend } from '../protocol/message.ts'
import type { TakeoverCause, TakeoverOutcome } from '../protocol/operators.ts'

/** A running answer, as the replica that produces it tells operators of it. */
export interface RunningReport {
  readonly sessionId: string
  readonly messageId: string
  /** Null where nobody said. */
  readonly userId: string | null
  /** Epoch milliseconds, of the first owner. */
  readonly startedAt: number
  readonly attempt: number
  /** UTF-16 code units, stored or not. */
  readonly characters: number
  readonly state: string
}

export interface TakeoverReport {
  /** Epoch milliseconds. */
  readonly at: number
  readonly sessionId: string
  readonly messageId: string
  /** The address of the owner before. */
  readonly from: string
  readonly cause: TakeoverCause
  readonly outcome: TakeoverOutcome
}

/** What the process says of itself. */
export interface ReplicaFacts {
  readonly version: string
  readonly protocol: number
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly draining: boolean
  readonly logLevel: string
  readonly connections: number
  /** By how much the last timer that was looked at came late, in milliseconds. */
  readonly lagMs: number
  /** Share of the recent past in which the event loop worked. */
  readonly loopUtilisation: number
  /** Resident memory. */
  readonly memoryBytes: number
  readonly backend: Backend
  /** Sessions that are held in memory until Redis has them, their bytes, and the most that they may be. */
  readonly heldSessions: number
  readonly heldBytes: number
  readonly heldMaxBytes: number
}

/** What a replica tells operators when one asks. Bounded, and made of what the replica has in memory. */
export interface ReplicaReport {
  readonly address: string
  /** Null where it tells nothing of its process. */
  readonly process: ReplicaFacts | null
  /** All that it produces; `running` are the oldest of them. */
  readonly answers: number
  readonly running: readonly RunningReport[]
  /** Of the last hour, latest first. */
  readonly takeovers: readonly TakeoverReport[]
}

/** Of one list in a report. */
export const MAX_REPORTED = 100

/** What an operator has one replica do. */
export interface Order {
  readonly act: 'drain' | 'log_level'
  /** The level; empty for a drain. */
  readonly value: string
  /** Who gave it. */
  readonly by: string
  /** When, in epoch milliseconds: it is good for a short while, and once. */
  readonly at: number
  /** Shows the replica, and it alone, that it comes from an operator: who can write to the bus is none by that (X6). */
  readonly proof: string
}

/** The process, as far as operators look into it. */
export interface Operated {
  facts(): ReplicaFacts
  /** Does what the order says, soon; false where that is no operator's. `id` is that of the request that brought it. */
  obey(order: Order, id: string): boolean
}

/** What the proof of an order is made of: it is good for this replica, this request and this moment alone. */
export function orderText(replica: string, id: string, { act, value, at }: Omit<Order, 'by' | 'proof'>): string {
  return [replica, id, at, act, value].join('\n')
}
