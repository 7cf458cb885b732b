/** Time as the use cases see it; tests choose it. */
export interface Clock {
  /** Milliseconds since the epoch. Never compared with another machine's. */
  now(): number
  /** Calls `run` once after `ms` milliseconds unless cancelled. Does not keep the process alive. */
  after(ms: number, run: () => void): Timer
  /** Calls `run` once what has already come in has been handled. */
  soon(run: () => void): void
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
  soon: setImmediate,
}

/** The clock's time as the contract writes it. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that is aborted. */
export function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (signal.aborted) {
    reject(signal.reason)
    return promise
  }
  const abort = () => {
    timer.cancel()
    reject(signal.reason)
  }
  const timer = clock.after(ms, () => {
    signal.removeEventListener('abort', abort)
    resolve()
  })
  signal.addEventListener('abort', abort, { once: true })
  return promise
}
