import type { Log } from '../../ports/log.ts';
import { type Meter } from '../../ports/meter.ts';
import { type AppendItem, type AppendResult, type BeginRequest, type Behind, type Busy, type Claimed, type ClaimRequest, type Conflict, type EndedWatch, type Fenced, type Finished, type IdTaken, type MessageWindow, type Missing, type PageRequest, type Reconciled, type ReconcileRequest, type RegenerateRequest, type Repeated, type Restarted, type RestartRequest, type SessionPage, type SharedStore, type Snapshot, type Started, type StoredSession, type Unknown, type Watch } from '../../ports/session-store.ts';
import type { Message } from '../../protocol/message.ts';
import type { RedisConnections } from './connect.ts';
export interface RedisStoreOptions {
    readonly ttlSeconds: number;
    /** Messages kept per session; at least 2. */
    readonly maxMessages: number;
    /** Whether sessions are listed under their user; not where anybody may name any user: who looks would find planted ones (X3). */
    readonly indexUsers?: boolean;
    readonly log: Log;
    readonly meter?: Meter;
}
/** Sessions in Redis, laid out as `keys.ts` says; every operation is one script of `commands/`. */
export declare class RedisSessionStore implements SharedStore {
    #private;
    readonly backend = "redis";
    constructor(connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys' | 'replicas' | 'tryRights'>, options: RedisStoreOptions);
    create(session: {
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
    nodeOf(sessionId: string): string;
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
    keep(answers: readonly {
        sessionId: string;
        epoch: number;
    }[]): Promise<readonly (readonly string[] | null)[]>;
    unwatch(sessionId: string, { watcher, id }: EndedWatch): Promise<void>;
    extend(sessionId: string): Promise<number | null>;
    clear(sessionId: string): Promise<boolean>;
    remaining(sessionIds: readonly string[]): Promise<readonly number[]>;
    sizeOf(sessionId: string): Promise<number>;
    sessionsOf(userId: string, { before, limit }: PageRequest): Promise<SessionPage>;
    trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]>;
    /**
     * Rejects while Redis still denies a right that a call needed (G7): that some other write succeeds does
     * not make it usable again.
     */
    entitled(): Promise<void>;
    /** The connections belong to the caller that made them. */
    close(): Promise<void>;
}
