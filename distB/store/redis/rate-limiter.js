import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { limiterFrom, MINUTE } from '../limiter.js';
/** Counts over all replicas (X5); while Redis is away each replica counts for itself. */
export function redisRateLimiter(connections, { name, points }) {
    return limiterFrom(new RateLimiterRedis({
        storeClient: connections.commands,
        keyPrefix: connections.keys.limit(name),
        points,
        duration: MINUTE,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ points, duration: MINUTE }),
    }));
}
//# sourceMappingURL=rate-limiter.js.map