import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { nothingTaken, type RateLimiter } from '../ports/rate-limiter.ts'

/** What may be done in a minute by each user or address. */
export interface Allowance {
  /** Tells the counters of different limits apart. */
  readonly name: string
  /** Times a minute, at least 1. */
  readonly points: number
}

/** Seconds in which an allowance is used up and comes back. */
export const MINUTE = 60

/** Nothing is given back so shortly before its minute ends: it could arrive in the next one. */
const MARGIN_MS = 1000

/** The port over a library's limiter. Where that fails, nobody is held up: a limit protects the service, it is not the service. */
export function limiterFrom(limiter: RateLimiterAbstract): RateLimiter {
  return {
    async take(key) {
      try {
        const { msBeforeNext } = await limiter.consume(key)
        const returnableUntil = performance.now() + msBeforeNext - MARGIN_MS
        return async () => {
          if (performance.now() < returnableUntil) await limiter.reward(key).catch(() => {})
        }
      } catch (refusal) {
        return refusal instanceof RateLimiterRes ? waitIn(refusal) : nothingTaken
      }
    },

    async waitOf(key) {
      try {
        const used = await limiter.consume(key, 0) // its `get` would need another right in Redis (G7)
        return used.remainingPoints > 0 ? 0 : waitIn(used)
      } catch (refusal) {
        return refusal instanceof RateLimiterRes ? waitIn(refusal) : 0
      }
    },
  }
}

function waitIn({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, msBeforeNext)
}
