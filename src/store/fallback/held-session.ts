import type { StoredSession } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'

/** What the shared store was known to hold of a session when this replica went on with it alone. */
export interface Base {
  /** Null where the session was made here, while the store was away. */
  readonly session: StoredSession | null
  /** The newest message then; null where there was none. */
  readonly last: Message | null
  /** This replica's running answer then: what is appended to it under this epoch is still its own, if nobody has claimed it. */
  readonly running: { readonly messageId: string; readonly epoch: number } | null
}

/** A session that is served from this replica's memory until what was held is in the shared store. */
export interface HeldSession {
  readonly id: string
  readonly base: Base
  /** Bytes that it takes of the allowance for all of them, roughly. */
  bytes: number
  /** What became of `base.running` in the shared store is settled. */
  lastSettled: boolean
}
