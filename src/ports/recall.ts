import type { Message } from '../protocol/message.ts'
import type { RunningAnswer, Snapshot, StoredSession, Watch } from './session-store.ts'

/** What a replica remembers of a session, and what it has to hear when the shared store is away and back (G1, G2, G4). */
export interface Recall {
  /** The copy in RAM, whole or its newest part; undefined where there is none. */
  copyOf(sessionId: string): { readonly session: StoredSession; readonly messages: readonly Message[] } | undefined
  /** The answer of the session that this replica produces, with the text that the store is known to hold; null where none. */
  runningOf(sessionId: string): RunningAnswer | null
  /** The replica's present watch of the session; null while nobody here follows it. */
  watchOf(sessionId: string): Watch | null
  /** The replica can go on with nothing any more, by what can be felt now. */
  isDead(replica: string): Promise<boolean>
  /** The session goes on in memory, which holds `messages`: what is told from here on comes after these. */
  held(sessionId: string, messages: readonly Message[]): void

  /** The shared store is back: whatever has to be there before sessions are written back is written now. */
  returning(): Promise<void>
  /** Does `work`, by which this replica may come to own an answer of the session, so that nobody overlooks it if it dies. */
  enlisted<T>(sessionId: string, work: () => Promise<T>): Promise<T>
  /** This replica's answer is in the shared store, as this attempt: from now on it is appended to under this epoch. */
  rebased(sessionId: string, messageId: string, as: { epoch: number; seq: number; attempt: number }): void
  /** The answer that this replica produced is another's, or ended otherwise: what the shared store holds stands. */
  lost(sessionId: string, messageId: string): void
  /** Everybody, here and at `watchers`, is to be given the message anew. */
  changed(sessionId: string, message: Message, watchers: Iterable<string>): void
  /**
   * The session is served by the shared store again, which holds this; null where it is gone. What is news of it is told:
   * sequence numbers are no longer provisional (G5).
   */
  confirmed(sessionId: string, snapshot: Snapshot | null, news: News): void
}

/** Ids of messages of which somebody has to hear. */
export interface News {
  /** By the followers here in any case: their numbers were provisional. */
  readonly provisional: ReadonlySet<string>
  /** By the followers here unless they have: another replica wrote them. */
  readonly foreign: ReadonlySet<string>
  /** By the followers at `watchers`: this replica wrote them. */
  readonly own: ReadonlySet<string>
  readonly watchers: ReadonlySet<string>
}
