import type { Finished, Snapshot, StoredSession } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
/** A replica's copy of a session in RAM (S5): what the store held under `session.version`. */
export interface SessionCopy {
    readonly session: StoredSession;
    /** A contiguous tail of the session, oldest first, as stored. */
    readonly messages: readonly Message[];
}
/** The copy that an opened session gives; `known` is the caller's where the store said that it is current. */
export declare function copyOf(snapshot: Snapshot, known: SessionCopy | undefined): SessionCopy;
/** Whether the copy has what the store would be read for: every message that the session still holds above `after`, or more than one reply carries. */
export declare function reaches(copy: SessionCopy, after: number): boolean;
/** Whether the copy has the newest `count` messages, or all that there are. */
export declare function hasNewest({ session, messages }: SessionCopy, count: number): boolean;
/** The copy after a message and its answer were stored: `before` is what was current until then. */
export declare function withAdded(session: StoredSession, before: readonly Message[], added: readonly Message[]): SessionCopy;
/** The copy with what another replica says that it has stored; under its old version, by which it is never taken for current. */
export declare function withHeard(copy: SessionCopy, heard: Message): SessionCopy;
/**
 * The copy after the answer that ran under `epoch` has ended, or null where it is not of the version just before. The store
 * names its present version: where the end was told twice, that may be a later one, of messages that the copy lacks.
 */
export declare function withEnd(copy: SessionCopy, answer: Message, epoch: number, { version, lastActivity }: Finished): SessionCopy | null;
