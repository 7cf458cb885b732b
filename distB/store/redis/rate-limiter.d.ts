import type { RateLimiter } from '../../ports/rate-limiter.ts';
import { type Allowance } from '../limiter.ts';
import type { RedisConnections } from './connect.ts';
/** Counts over all replicas (X5); while Redis is away each replica counts for itself. */
export declare function redisRateLimiter(connections: Pick<RedisConnections, 'commands' | 'keys'>, { name, points }: Allowance): RateLimiter;
