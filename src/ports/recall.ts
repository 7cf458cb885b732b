import type { Message } from '../protocol/message.ts'
import type { RunningAnswer, StoredSession } from './session-store.ts'

/** What a replica remembers of a session, and what it has to hear when the shared store is back (G1, G2, G4). */
export interface Recall {
  /** The shared store is back: whatever has to be there before sessions are written back is written now. */
  returning(): Promise<void>
  /** The copy in RAM, whole or its newest part; undefined where there is none. */
  copyOf(sessionId: string): { readonly session: StoredSession; readonly messages: readonly Message[] } | undefined
  /** The answer of the session that this replica produces, with the text that the store is known to hold; null where none. */
  runningOf(sessionId: string): RunningAnswer | null
  /** This replica's answer is in the shared store: from now on it is appended to under this epoch and `seq`. */
  rebased(sessionId: string, messageId: string, epoch: number, seq: number): void
  /** The answer that this replica produced is another's, or ended otherwise: what the shared store holds stands. */
  lost(sessionId: string, messageId: string): void
  /**
   * The session is in the shared store: `messages` are what that holds, the running answer with its text. Those in
   * `changed` are to be told of, here and to `watchers`: their sequence numbers are no longer provisional (G5).
   */
  confirmed(
    sessionId: string,
    messages: readonly Message[],
    changed: ReadonlySet<string>,
    watchers: Iterable<string>,
  ): void
}
