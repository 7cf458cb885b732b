import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
export interface StoreHealthOptions {
    readonly clock: Clock;
    readonly log: Log;
    /** Makes a small write; rejects while the store is away. */
    probe(): Promise<unknown>;
    /** Called at each change between `away` and the other two. */
    onAway(): void;
    onBack(): void;
}
/** The one place that knows whether the store is usable (G1). */
export declare class StoreHealth {
    #private;
    constructor(options: StoreHealthOptions);
    get isAway(): boolean;
    /** A call that began at `startedAt` (epoch ms) failed for want of the store. */
    failed(startedAt: number): void;
    /** Resolves once the store is either usable or certainly away. */
    decided(): Promise<void>;
    close(): void;
}
