import type { RateLimiter } from '../../ports/rate-limiter.ts';
import { type Allowance } from '../limiter.ts';
/** Counts for one replica that is alone (STORE=memory). */
export declare function memoryRateLimiter({ points }: Pick<Allowance, 'points'>): RateLimiter;
