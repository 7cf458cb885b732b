import { RateLimiterRes } from 'rate-limiter-flexible';
import { nothingTaken } from '../ports/rate-limiter.js';
/** Seconds in which an allowance is used up and comes back. */
export const MINUTE = 60;
/** Nothing is given back so shortly before its minute ends: it could arrive in the next one. */
const MARGIN_MS = 1000;
/** The port over a library's limiter. Where that fails, nobody is held up: a limit protects the service, it is not the service. */
export function limiterFrom(limiter) {
    return {
        async take(key) {
            try {
                const { msBeforeNext } = await limiter.consume(key);
                const returnableUntil = performance.now() + msBeforeNext - MARGIN_MS;
                return async () => {
                    if (performance.now() < returnableUntil)
                        await limiter.reward(key).catch(() => { });
                };
            }
            catch (refusal) {
                return refusal instanceof RateLimiterRes ? Math.max(1, refusal.msBeforeNext) : nothingTaken;
            }
        },
    };
}
//# sourceMappingURL=limiter.js.map