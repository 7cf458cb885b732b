import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimiter } from '../ports/rate-limiter.ts'

/** What may be done in a minute by each user or address. */
export interface Allowance {
  /** Tells the counters of different limits apart. */
  readonly name: string
  /** Times a minute, at least 1. */
  readonly points: number
}

/** Seconds in which an allowance is used up and comes back. */
export const MINUTE = 60

/** The port over a library's limiter. Where that fails, nobody is held up: a limit protects the service, it is not the service. */
export function limiterFrom(limiter: RateLimiterAbstract): RateLimiter {
  return {
    async take(key) {
      try {
        await limiter.consume(key)
        return null
      } catch (refusal) {
        return refusal instanceof RateLimiterRes ? Math.max(1, refusal.msBeforeNext) : null
      }
    },
    async giveBack(key) {
      await limiter.reward(key).catch(() => {})
    },
  }
}
