import type { Message } from '../protocol/message.ts'
import type {
  Busy,
  RunningAnswer,
  SessionState,
  SessionStore,
  Snapshot,
  StoredSession,
  Watch,
} from './session-store.ts'

/** A question with its answer, as a replica holds them that went on without the store. */
export interface Exchange {
  /** Null where the store had the question before: the answer is that of `base.seq`. */
  readonly question: Message | null
  /** It has ended, unless it is the last one and `running` says how far it is; then it is empty. */
  readonly answer: Message
}

/** A session up to a message, and its state there. */
export interface Base extends SessionState {
  readonly seq: number
}

export interface ReconcileRequest {
  readonly session: Pick<StoredSession, 'id' | 'userId' | 'createdAt' | 'lastActivity'>
  readonly owner: string
  /** The session as the caller last knew it in the store: `exchanges` are what it has from there on. */
  readonly base: Base
  /** The state that an earlier such call left, which had no reply, if it was carried out on the base. Null by default: there was none. */
  readonly sent?: SessionState | null
  /** Oldest first. */
  readonly exchanges: readonly Exchange[]
  /** The slot of the last answer, where the caller produces it. */
  readonly running: RunningAnswer | null
  readonly watch: Watch | null
}
/** What stands now, the caller's own among it. */
export interface Reconciled {
  readonly kind: 'reconciled'
  /** With all messages. */
  readonly snapshot: Snapshot
  readonly watchers: readonly string[]
}
/** The store has fewer messages than it had: what the caller has above `lastSeq` is to be brought as well. */
export interface Behind {
  readonly kind: 'behind'
  readonly lastSeq: number
}

/** The session was cleared meanwhile: nothing of it is brought back. */
export interface Cleared {
  readonly kind: 'cleared'
}

/** A store that several replicas share, and that some of them may be without for a while (G). */
export interface SharedStore extends SessionStore {
  /**
   * Brings what a replica held while it was without the store into the session (G2, G4). The session is made where the store
   * has lost it. What the store holds stands. Questions that it lacks are added after it, with their answers. Of an answer that both
   * have, the caller's is taken only where nobody can have written another: the caller owns it in no later attempt, or the session's state is
   * one that the caller knew or left. It never replaces another answer to the same question. The running answer becomes the
   * caller's, under a new epoch and with the text that it was given. `Busy`: another answer runs, and nothing was changed.
   * Repeating a call adds nothing.
   */
  reconcile(request: ReconcileRequest): Promise<Reconciled | Busy | Behind | Cleared>
}
