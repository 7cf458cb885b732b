import type { Message } from '../protocol/message.ts'
import type { Snapshot, Watch } from './session-store.ts'

/** A session as this replica can go on with it: its copy in RAM, or the newest part of it, in which no question lacks its answer. */
export interface Recalled extends Snapshot {
  readonly messages: readonly Message[]
  /** The answer that this replica produces, with the text that the store is known to hold. */
  readonly running: Snapshot['running']
}

/** What a replica remembers of a session, and what it has to hear when the shared store is away and back (G1, G2, G4). */
export interface Recall {
  /** Undefined where there is no copy. */
  copyOf(sessionId: string): Recalled | undefined
  /** The replica's present watch of the session; null while nobody here follows it. */
  watchOf(sessionId: string): Watch | null
  /** The session goes on in memory, as it was recalled: what is told from here on comes after that. */
  held(recalled: Recalled): void
  /** Ends the answer of the session that this replica produces, if there is one, as `interrupted`: another one runs in the store. */
  interrupt(sessionId: string): void

  /** The shared store is back: whatever has to be there before sessions are written back is written now. */
  returning(): Promise<void>
  /** Does `work`, by which this replica may come to own an answer of the session, so that nobody overlooks it if it dies. */
  tracked<T>(sessionId: string, work: () => Promise<T>): Promise<T>
  /**
   * The session is served by the shared store again, which holds this; null where it is gone. Whatever was told of it
   * above `after` was provisional (G4, G5); `watchers` are the other replicas with subscribers of it.
   */
  released(
    sessionId: string,
    snapshot: Snapshot | null,
    told: { readonly after: number; readonly watchers: readonly string[] },
  ): void
  /** Somebody cleared the session meanwhile: it is over, and so is its answer. */
  cleared(sessionId: string): void
}
