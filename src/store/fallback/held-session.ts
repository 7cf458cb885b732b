/** A session that is served from this replica's memory until what was held is in the shared store. */
export interface HeldSession {
  readonly id: string
  /** What the shared store is known to hold: messages up to `seq`, under `version`. Both are 0 where the session was made here. */
  base: { readonly seq: number; readonly version: number }
  /** Version under which memory began with it: while it stands, no message has come since. */
  readonly version: number
  /** There is something to bring back whatever the version: an answer ran here, or the membership has to be told of its end. */
  dirty: boolean
  /** What was asked to begin of the shared store, which did not reply: it may have been carried out. By message, or answer and attempt. */
  readonly unanswered: Set<string>
  /** Bytes that it takes of the allowance for all of them, roughly. */
  bytes: number
  /** How often its return still waits for another answer's end. */
  patience: number
  /** The last call that was to bring it back. While that is under way, only the text of its answer goes on in memory. */
  returning: Promise<boolean>
}
