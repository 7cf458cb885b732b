import type { Clock } from '../../ports/clock.ts';
import type { AppendItem, AppendResult, BeginRequest, Behind, Busy, Claimed, ClaimRequest, Conflict, EndedWatch, Fenced, Finished, IdTaken, MessageWindow, Missing, PageRequest, Reconciled, ReconcileRequest, RegenerateRequest, Repeated, Restarted, RestartRequest, RunningAnswer, SessionPage, SharedStore, Snapshot, Started, StoredSession, Unknown, Watch } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
export interface MemoryStoreOptions {
    readonly ttlSeconds: number;
    /** Messages kept per session; at least 2. */
    readonly maxMessages: number;
    /** As of the Redis store. */
    readonly indexUsers?: boolean;
    readonly clock: Clock;
}
/**
 * Sessions in this process's memory (G3): the semantics of Redis with no timer and no randomness, so that several
 * replicas can share one instance in a simulation. Each method does all of its work before it first yields.
 */
export declare class MemorySessionStore implements SharedStore {
    #private;
    readonly backend = "memory";
    constructor(options: MemoryStoreOptions);
    create({ id, userId, createdAt }: {
        id: string;
        userId: string | null;
        createdAt: string;
    }, watch: Watch | null): Promise<StoredSession>;
    open(request: {
        sessionId: string;
        userId: string | null;
        watch: Watch | null;
        knownVersion: number | null;
        window?: MessageWindow | undefined;
    }): Promise<Snapshot | null>;
    read(sessionId: string, after: number, watch?: Watch | null): Promise<Snapshot | null>;
    find(sessionId: string, messageId: string): Promise<Snapshot | null>;
    page(sessionId: string, before: number, limit: number, bytes: number): Promise<{
        session: StoredSession;
        messages: readonly Message[];
    } | null>;
    begin(request: BeginRequest): Promise<Started | Repeated | Busy | IdTaken | Missing>;
    sent(sessionId: string, userId: string | null, messageId: string): Promise<Repeated | Unknown | Missing>;
    regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing>;
    nodeOf(): string;
    append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>;
    finish(request: {
        sessionId: string;
        epoch: number;
        message: Message;
        at: string;
    }): Promise<Finished | Fenced>;
    claim({ sessionId, epoch, owner, isHandedOver }: ClaimRequest): Promise<Claimed | Fenced>;
    restart(request: RestartRequest): Promise<Restarted | Fenced>;
    reconcile(request: ReconcileRequest): Promise<Reconciled | Busy | Behind>;
    /** The session as it is, told at once. */
    peek(sessionId: string): Snapshot | null;
    /** Puts a session here as another store was known to hold it, with a contiguous tail of its messages. */
    restore(stored: StoredSession, messages: readonly Message[], running: RunningAnswer | null): void;
    forget(sessionId: string): void;
    keep(answers: readonly {
        sessionId: string;
        epoch: number;
    }[]): Promise<readonly (readonly string[] | null)[]>;
    unwatch(sessionId: string, { watcher, id }: EndedWatch): Promise<void>;
    extend(sessionId: string): Promise<number | null>;
    clear(sessionId: string): Promise<boolean>;
    remaining(sessionIds: readonly string[]): Promise<readonly number[]>;
    sizeOf(sessionId: string): Promise<number>;
    sessionsOf(userId: string, page: PageRequest): Promise<SessionPage>;
    trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]>;
    close(): Promise<void>;
}
