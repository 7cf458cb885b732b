import type { readSettings } from './config/settings.ts';
import type { Readings } from './observability/metrics.ts';
import { type Bus } from './ports/bus.ts';
import type { Log } from './ports/log.ts';
import { type Membership } from './ports/membership.ts';
import type { Meter } from './ports/meter.ts';
import type { RateLimiter } from './ports/rate-limiter.ts';
import type { SessionStore } from './ports/session-store.ts';
import type { TokenBudget } from './ports/token-budget.ts';
import type { ReleaseStack } from './release-stack.ts';
import { FallbackStore } from './store/fallback/fallback-store.ts';
import type { Ledger } from './store/quotas.ts';
import { type RedisConnections } from './store/redis/connect.ts';
type AppSettings = ReturnType<typeof readSettings>;
/** What a replica keeps its sessions in and reaches the others by. */
export interface Backing {
    readonly store: SessionStore;
    readonly bus: Bus;
    readonly membership: Membership;
    readonly adapterClients: RedisConnections['adapter'] | null;
    /** Counts `points` a minute. */
    readonly limiter: (name: string, points: number) => RateLimiter;
    /** Allows so many tokens a day, at least 1. */
    readonly budget: (limit: number) => TokenBudget;
    readonly ledger: () => Ledger;
    /** The store as one that outlives its shared one; null where there is none to outlive. */
    readonly fallback: FallbackStore | null;
    /** What it says of itself when it is scraped. */
    readonly readings: Readings;
    /** Calls `listener` when the bus delivers again after messages may have been lost. */
    readonly onBusAgain: (listener: () => void) => void;
}
/** Connects what the settings name. Rejects where that cannot be; `releases` gets what has to be let go. */
export declare function createBacking(settings: AppSettings, address: string, log: Log, meter: Meter, releases: ReleaseStack): Promise<Backing>;
export {};
