import type { Recall } from '../../ports/recall.ts';
import type { SharedStore } from '../../ports/session-store.ts';
import type { MemorySessionStore } from '../memory/memory-store.ts';
import type { HeldSession } from './held-session.ts';
export interface ReturnOptions {
    readonly shared: SharedStore;
    readonly memory: MemorySessionStore;
    /** This replica's address. */
    readonly owner: string;
    readonly recall: Recall;
    /** Forgets the session here. */
    release(held: HeldSession): void;
}
/**
 * Brings one held session back to the shared store and releases it (G2, G4). It goes on in memory until the store's reply
 * is there; where messages came meanwhile the call is made again.
 */
export declare class Returning {
    #private;
    constructor(held: HeldSession, options: ReturnOptions);
    /** Whether it is back; else it has to be tried again. Rejects with what the store rejects with. */
    run(): Promise<boolean>;
}
