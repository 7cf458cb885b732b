/** Counts over all replicas (X5). */
export interface RateLimiter {
  /**
   * Takes one from the allowance of `key`. Gives the milliseconds to wait where none is left, else the way to give it back.
   * Never rejects.
   */
  take(key: string): Promise<number | GiveBack>
  /** The milliseconds to wait where none is left of the allowance of `key`, else 0. Takes nothing. Never rejects. */
  waitOf(key: string): Promise<number>
}

/**
 * Gives back what was taken: the call was refused, or turned out to be a repeat (M2). Where the minute that it was taken
 * from is over, it came back with that. Never rejects.
 */
export type GiveBack = () => Promise<void>

export const nothingTaken: GiveBack = async () => {}
export const noLimit: RateLimiter = { take: async () => nothingTaken, waitOf: async () => 0 }
