import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { RateLimiter } from '../../ports/rate-limiter.ts'
import { type Allowance, limiterFrom, MINUTE } from '../limiter.ts'

/** Counts for one replica that is alone (STORE=memory). */
export function memoryRateLimiter({ points }: Pick<Allowance, 'points'>): RateLimiter {
  return limiterFrom(new RateLimiterMemory({ points, duration: MINUTE }))
}
