import { type RateLimiterAbstract } from 'rate-limiter-flexible';
import { type RateLimiter } from '../ports/rate-limiter.ts';
/** What may be done in a minute by each user or address. */
export interface Allowance {
    /** Tells the counters of different limits apart. */
    readonly name: string;
    /** Times a minute, at least 1. */
    readonly points: number;
}
/** Seconds in which an allowance is used up and comes back. */
export declare const MINUTE = 60;
/** The port over a library's limiter. Where that fails, nobody is held up: a limit protects the service, it is not the service. */
export declare function limiterFrom(limiter: RateLimiterAbstract): RateLimiter;
