import { type Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Recall } from '../../ports/recall.ts';
import { type SharedStore } from '../../ports/session-store.ts';
import type { HeldSessions } from './held-sessions.ts';
import type { StoreHealth } from './store-health.ts';
export interface WriteBackOptions {
    readonly shared: SharedStore;
    readonly held: HeldSessions;
    readonly health: StoreHealth;
    /** This replica's address. */
    readonly owner: string;
    readonly clock: Clock;
    readonly log: Log;
    readonly meter: Meter;
    /** Null until it is known. */
    recall(): Recall | null;
    /** All that was held is in the shared store. */
    onDone(): void;
}
/** Writes what is held back once the shared store is usable again: by itself, for as long as that takes (G2). */
export declare class WriteBack {
    #private;
    constructor(options: WriteBackOptions);
    /** The store went away: what this replica owns has to be listed there anew. */
    storeAway(): void;
    /** The store takes writes again. */
    storeBack(): void;
    /** Waits, not for ever, for what is under way. */
    close(): Promise<void>;
}
