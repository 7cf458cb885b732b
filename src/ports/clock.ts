/** Time as the use cases see it; tests choose it. */
export interface Clock {
  /** Milliseconds since the epoch. Never compared with another machine's. */
  now(): number
  /** Calls `run` once after `ms` milliseconds unless cancelled. Does not keep the process alive. */
  after(ms: number, run: () => void): Timer
}

export interface Timer {
  cancel(): void
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const handle = setTimeout(run, ms)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** The clock's time as the contract writes it. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}
