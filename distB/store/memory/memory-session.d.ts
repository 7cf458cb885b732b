import { type AppendItem, type AppendResult, type MessageWindow, type ReconcileRequest, type RunningAnswer, type Snapshot, type StoredSession, type Watch } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
/** The slot of a running answer, with what only the store needs to know of it. */
export interface Slot {
    running: RunningAnswer;
    /** UTF-8 length of the text now, and at the present owner's claim. */
    bytes: number;
    bytesAtClaim: number;
    /** Epoch under which the present owner found the answer; null for the first. */
    claimedFrom: number | null;
}
/** One session as the memory store holds it: what Redis would hold under `session:{id}*`. */
export declare class MemorySession {
    #private;
    readonly id: string;
    readonly userId: string | null;
    readonly createdAt: string;
    lastActivity: string;
    lastSeq: number;
    firstSeq: number;
    version: number;
    /** JSON by seq, so that nobody shares objects with the store. */
    readonly messages: Map<number, string>;
    /** What the ids of the kept messages stand for, by ascending seq. */
    readonly ids: Map<string, Pick<Message, "role" | "seq">>;
    /** Ids of the present watches, by address. */
    readonly watchers: Map<string, number>;
    slot: Slot | null;
    expiresAt: number;
    constructor(id: string, userId: string | null, createdAt: string);
    stored(now: number): StoredSession;
    snapshot(now: number, messages: readonly Message[] | null): Snapshot;
    /** The kept messages from..to, oldest first. */
    between(from: number, to: number): readonly Message[];
    /** The newest of the kept messages from..to, as soon as these are more than `bytes` of JSON. */
    newest(from: number, to: number, bytes: number): readonly Message[];
    within(window: MessageWindow | undefined): readonly Message[];
    at(seq: number): Message;
    /** Drops what is older than the newest `count` messages (S4), but for an answer that still runs and its question. */
    trim(count: number): void;
    occupy(answer: Message, owner: string): void;
    append({ epoch, storedBytes, text, bookmark }: AppendItem): AppendResult;
    /** Gives the slot to `owner` under the session's next version. */
    claim(slot: Slot, owner: string, isHandedOver: boolean): void;
    /** Gives the slot to its owner's next attempt, from nothing, under the session's next version. */
    restart(slot: Slot, attempt: number): void;
    /** Takes what its owner held elsewhere (`SharedStore.reconcile`); gives the slot that is in the way, if one is. */
    reconcile({ owner, base, exchanges, running, session }: ReconcileRequest): RunningAnswer | null;
    restore(stored: StoredSession, messages: readonly Message[], running: RunningAnswer | null): void;
    watch({ watcher, id }: Watch): void;
    watchersBut(own: string | null): readonly string[];
    /** Bytes, roughly. */
    get size(): number;
}
