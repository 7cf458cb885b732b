import type { Clock } from '../ports/clock.ts'

export interface Rate {
  /** What may come at once. */
  readonly burst: number
  readonly perSecond: number
  /** What may come beyond it before the patience ends. */
  readonly debt: number
}

/** A token bucket that goes into debt: what comes while it is empty is refused, and has to be waited for all the same. */
export class TokenBucket {
  readonly #rate: Rate
  readonly #clock: Pick<Clock, 'now'>
  #tokens: number
  #at: number

  constructor(rate: Rate, clock: Pick<Clock, 'now'>) {
    this.#rate = rate
    this.#clock = clock
    this.#tokens = rate.burst
    this.#at = clock.now()
  }

  /** Null where it was granted, else the milliseconds to wait; infinity where the debt is too great. */
  take(tokens: number): number | null {
    const { burst, perSecond, debt } = this.#rate
    const now = this.#clock.now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perSecond) / 1000) - tokens
    this.#at = now
    if (this.#tokens >= 0) return null
    return this.#tokens < -debt ? Number.POSITIVE_INFINITY : Math.ceil((-this.#tokens * 1000) / perSecond)
  }
}
