/** Counts over all replicas (X5). */
export interface RateLimiter {
  /** Takes one from the allowance of `key`. Gives the milliseconds to wait where none is left, else null. Never rejects. */
  take(key: string): Promise<number | null>
  /** Gives one back: the call turned out to be a repeat (M2). Never rejects. */
  giveBack(key: string): Promise<void>
}

export const noLimit: RateLimiter = { take: async () => null, giveBack: async () => {} }
