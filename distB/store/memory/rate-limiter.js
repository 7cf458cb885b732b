import { RateLimiterMemory } from 'rate-limiter-flexible';
import { limiterFrom, MINUTE } from '../limiter.js';
/** Counts for one replica that is alone (STORE=memory). */
export function memoryRateLimiter({ points }) {
    return limiterFrom(new RateLimiterMemory({ points, duration: MINUTE }));
}
//# sourceMappingURL=rate-limiter.js.map