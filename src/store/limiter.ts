import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { noLimit, type RateLimiter } from '../ports/rate-limiter.ts'

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

/**
 * The port over a library's limiter. Where that fails, `insurance` counts, or nobody is held up: a limit protects the service, it is
 * not the service. Not the library's own `insuranceLimiter`: what one of the two took would be given back to the other.
 */
export function limiterFrom(limiter: RateLimiterAbstract, insurance = noLimit): RateLimiter {
  const giveBack = async (key: string, returnableUntil: number) => {
    if (performance.now() < returnableUntil) await limiter.reward(key).catch(() => {})
  }
  return {
    async take(key) {
      try {
        const taken = await limiter.consume(key)
        const until = returnableUntil(taken)
        return () => giveBack(key, until)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) return insurance.take(key)
        await giveBack(key, returnableUntil(refusal)) // the library counts what it refuses, too
        return waitIn(refusal)
      }
    },

    async waitOf(key) {
      try {
        const used = await limiter.consume(key, 0) // its `get` would need another right in Redis (G7)
        return used.remainingPoints > 0 ? 0 : waitIn(used)
      } catch (refusal) {
        return refusal instanceof RateLimiterRes ? waitIn(refusal) : insurance.waitOf(key)
      }
    },
  }
}

/** By `performance.now()`. */
function returnableUntil({ msBeforeNext }: RateLimiterRes): number {
  return performance.now() + msBeforeNext - MARGIN_MS
}

function waitIn({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, msBeforeNext)
}
