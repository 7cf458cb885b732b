import { type AppendItem, type AppendResult, type RunningAnswer, type SessionStore, type Snapshot, type StoredSession, type Watch } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
import type { MemorySessionStore } from '../memory/memory-store.ts';
import type { HeldSession } from './held-session.ts';
/**
 * The sessions that are served from this replica's memory, and the bytes of `FALLBACK_MAX_BYTES` that they take (G1). What
 * there is no room for is refused with `StoreUnavailable`; nothing that was taken is dropped.
 */
export declare class HeldSessions {
    #private;
    /** Holds what the sessions consist of. */
    readonly memory: MemorySessionStore;
    constructor(memory: MemorySessionStore, maxBytes: number);
    get size(): number;
    get bytes(): number;
    has(sessionId: string): boolean;
    get(sessionId: string): HeldSession | undefined;
    /** Those that are held at this moment. */
    all(): HeldSession[];
    /** Makes a session that the shared store has never had. */
    create(session: {
        id: string;
        userId: string | null;
        createdAt: string;
    }, watch: Watch | null): Promise<StoredSession>;
    /** Goes on with a session by this replica's copy of it. Gives what memory has of it now. */
    take(stored: StoredSession, copied: readonly Message[], running: RunningAnswer | null): Snapshot;
    /** Answers a call for a held session. `bytes`: what a write may add to it; null for what only reads. */
    call<T>(sessionId: string, call: (store: SessionStore) => Promise<T>, bytes: number | null): Promise<T>;
    /** Appends to answers of held sessions, as `SessionStore.append`: to each as far as there is room. */
    append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>;
    release(held: HeldSession): void;
}
