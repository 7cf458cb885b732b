import type { Clock } from '../../ports/clock.ts';
import type { Recall } from '../../ports/recall.ts';
import { type AppendItem, type AppendResult, type SessionStore } from '../../ports/session-store.ts';
import type { HeldSessions } from './held-sessions.ts';
import type { StoreHealth } from './store-health.ts';
export interface StoreRouterOptions {
    readonly shared: SessionStore;
    readonly held: HeldSessions;
    readonly health: StoreHealth;
    readonly clock: Clock;
    /** Null until it is known. */
    recall(): Recall | null;
}
/**
 * Decides for each call which store answers it (G1): memory where the session is held or has to be from now on, else the
 * shared one. Where that fails, the call waits until it is certain whether the store is away, and goes on accordingly.
 */
export declare class StoreRouter {
    #private;
    constructor(options: StoreRouterOptions);
    /** A call that only the shared store can answer. */
    shared<T>(call: () => Promise<T>): Promise<T>;
    /** A call that needs nothing of a session: the shared store's, or where that is certainly away, `here`. */
    either<T>(shared: () => Promise<T>, here: () => Promise<T>): Promise<T>;
    /**
     * A call for one session. `bytes`: what a write may add to what is held, if it comes to that; null for what only reads.
     */
    one<T>(sessionId: string, call: (store: SessionStore) => Promise<T>, bytes?: number | null): Promise<T>;
    /** A call for many sessions. Each store is asked about those that are in it; replies in the order of `items`. */
    many<T, R>(items: readonly T[], idOf: (item: T) => string, call: (store: SessionStore, items: readonly T[]) => Promise<readonly R[]>): Promise<readonly R[]>;
    /** Appends to running answers, each where its session is. */
    append(items: readonly AppendItem[]): Promise<readonly AppendResult[]>;
}
