import type { StoredSession } from '../../ports/session-store.ts'

/** A session that is served from this replica's memory until what was held is in the shared store. */
export interface HeldSession {
  readonly id: string
  /** What the shared store was known to hold when this replica went on alone; null where the session was made here. */
  readonly base: StoredSession | null
  /**
   * There is something to write: this replica produced an answer of it then, or has acknowledged a message since, or is to
   * strike it from the roster.
   */
  dirty: boolean
  /** Bytes that it takes of the allowance for all of them, roughly. */
  bytes: number
  /** Messages up to this provisional `seq` are in the shared store; the last of them, an answer, may have changed since. */
  written: number
  /** Ids of messages of which the followers have to hear once all is written, and the other replicas that have some. */
  readonly changed: Set<string>
  readonly watchers: Set<string>
  /** How often more its replay waits for another replica to write what is that one's to write. */
  patience: number
  /** Set while the session is about to be released: whoever calls for it waits, so that memory stands still. */
  closing: Promise<void> | null
}
