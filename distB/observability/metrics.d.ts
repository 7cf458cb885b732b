import { Registry } from 'prom-client';
import type { Build } from '../ports/build.ts';
import { type Meter } from '../ports/meter.ts';
/** Gauges that are read when they are scraped. */
export declare const READINGS: {
    readonly redisUp: readonly ["baton_redis_up", "1 while Redis is usable"];
    readonly memoryMode: readonly ["baton_memory_mode", "1 while sessions are served from memory because Redis is away"];
    readonly heldSessions: readonly ["baton_held_sessions", "Sessions held in memory until Redis has them"];
    readonly heldBytes: readonly ["baton_held_bytes", "What the held sessions take of the allowance"];
    readonly heldMaxBytes: readonly ["baton_held_max_bytes", "The allowance: FALLBACK_MAX_BYTES"];
    readonly draining: readonly ["baton_draining", "1 while this replica drains"];
    readonly saturated: readonly ["baton_saturated", "1 while new messages are refused because the event loop has nothing but work"];
    readonly loopUtilisation: readonly ["baton_eventloop_utilization_ratio", "Share of the recent past in which the event loop worked"];
};
export type Readings = Partial<Readonly<Record<keyof typeof READINGS, () => number>>>;
export interface Metrics {
    readonly meter: Meter;
    readonly registry: Registry;
    /** Adds gauges that are asked at each scrape. */
    read(readings: Readings): void;
}
/** The replica's Prometheus series. */
export declare function createMetrics({ replica, build }: {
    readonly replica: string;
    readonly build: Build;
}): Metrics;
