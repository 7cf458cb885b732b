import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Membership } from '../../ports/membership.ts';
import { type Meter } from '../../ports/meter.ts';
import type { Recall } from '../../ports/recall.ts';
import { type AppendItem, type AppendResult, type BeginRequest, type Busy, type Claimed, type Conflict, type EndedWatch, type Fenced, type Finished, type IdTaken, type Missing, type PageRequest, type RegenerateRequest, type Repeated, type Restarted, type RestartRequest, type SessionPage, type SessionStore, type SharedStore, type Snapshot, type Started, type StoredSession, type Unknown, type Watch } from '../../ports/session-store.ts';
import type { Backend } from '../../protocol/message.ts';
import type { MemorySessionStore } from '../memory/memory-store.ts';
export interface FallbackOptions {
    readonly shared: SharedStore;
    /** Takes the sessions while `shared` is away. */
    readonly memory: MemorySessionStore;
    /** This replica's address. */
    readonly owner: string;
    /** `FALLBACK_MAX_BYTES`: what all held sessions may take. */
    readonly maxBytes: number;
    readonly clock: Clock;
    readonly log: Log;
    readonly meter?: Meter;
    /** A small write to the shared store. */
    probe(): Promise<unknown>;
}
/**
 * The shared store, and this replica's memory while it is away (G). A session that this replica knows is *held* from its
 * first use during an outage until everything of it has been written back; all calls for it are answered from memory until
 * then. One that it does not know is refused: the shared store may have it.
 */
export declare class FallbackStore implements SessionStore {
    #private;
    constructor(options: FallbackOptions);
    /** To be called once, before the first request. */
    remember(recall: Recall): void;
    /** Calls `listener` when durability is lost or back. */
    onBackend(listener: (backend: Backend) => void): void;
    get backend(): Backend;
    /** What is served from memory at the moment, and the bytes of the allowance that it takes. */
    get held(): {
        readonly sessions: number;
        readonly bytes: number;
    };
    /**
     * A membership that goes on while the store is away: what could not be listed is listed on return (`Recall.returning`). A held
     * session stays listed: its answer may have ended here and still run in the store, and the others have to find it (F4).
     */
    wrapMembership(membership: Membership): Membership;
    create(session: {
        id: string;
        userId: string | null;
        createdAt: string;
    }, watch: Watch | null): Promise<StoredSession>;
    open(request: Parameters<SessionStore['open']>[0]): Promise<Snapshot | null>;
    read(sessionId: string, after: number, watch?: Watch | null): Promise<Snapshot | null>;
    find(sessionId: string, messageId: string): Promise<Snapshot | null>;
    page(sessionId: string, before: number, limit: number, bytes: number): ReturnType<SessionStore['page']>;
    begin(request: BeginRequest): Promise<Started | Repeated | Busy | IdTaken | Missing>;
    sent(sessionId: string, userId: string | null, messageId: string): Promise<Repeated | Unknown | Missing>;
    regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing>;
    nodeOf(sessionId: string): string;
    append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>;
    /** Needs no room: what it adds waits in this process already, and is let go there. */
    finish(request: Parameters<SessionStore['finish']>[0]): Promise<Finished | Fenced>;
    claim(request: Parameters<SessionStore['claim']>[0]): Promise<Claimed | Fenced>;
    restart(request: RestartRequest): Promise<Restarted | Fenced>;
    keep(answers: readonly {
        sessionId: string;
        epoch: number;
    }[]): Promise<readonly (readonly string[] | null)[]>;
    unwatch(sessionId: string, watch: EndedWatch): Promise<void>;
    extend(sessionId: string): Promise<number | null>;
    /** A held session cannot be cleared: it would come back with what the shared store has of it. */
    clear(sessionId: string): Promise<boolean>;
    remaining(sessionIds: readonly string[]): Promise<readonly number[]>;
    sizeOf(sessionId: string): Promise<number>;
    sessionsOf(userId: string, page: PageRequest): Promise<SessionPage>;
    /** None while the shared store is away: it has them all. */
    trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]>;
    close(): Promise<void>;
}
