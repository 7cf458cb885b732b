/** Time as the use cases see it; tests choose it. */
export interface Clock {
  /**
   * Milliseconds, for durations: no step of the wall clock moves it. It starts as the epoch's time when the process does,
   * so that replicas' times are comparable, and drifts from it as little as their wall clocks are set.
   */
  now(): number
  /** Milliseconds since the epoch as the machine has it at present: for what people and other programs read. */
  wallTime(): number
  /** Calls `run` once after `ms` milliseconds unless cancelled. Does not keep the process alive. */
  after(ms: number, run: () => void): Timer
  /** Calls `run` every `ms` milliseconds until cancelled: what recurs in a process does so in step, so that an idle one is woken seldom. */
  every(ms: number, run: () => void): Timer
  /** Calls `run` once what has already come in has been handled. */
  soon(run: () => void): void
}

/** The longest a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

export interface Timer {
  cancel(): void
}

const { timeOrigin } = performance

export const systemClock: Clock = {
  now: () => Math.floor(timeOrigin + performance.now()),
  wallTime: Date.now,
  after(ms, run) {
    const handle = setTimeout(run, ms)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
  every(ms, run) {
    const beat = () => {
      handle = setTimeout(beat, untilBeat(ms)).unref()
      run()
    }
    let handle = setTimeout(beat, untilBeat(ms)).unref()
    return { cancel: () => clearTimeout(handle) }
  },
  soon: setImmediate,
}

/** Milliseconds until this process's age is a multiple of `ms`. One that is nearly there was reached a moment too early. */
export function untilBeat(ms: number): number {
  const rest = ms - (performance.now() % ms)
  return rest < ms / 4 ? rest + ms : rest
}

/** `run`, which never rejects, as what does nothing while it is under way. */
export function exclusively(run: () => Promise<unknown>): () => void {
  let isUnderWay = false
  return () => {
    if (isUnderWay) return
    isUnderWay = true
    void run().finally(() => {
      isUnderWay = false
    })
  }
}

/** The clock's time as the contract writes it. */
export function isoNow(clock: Clock): string {
  return new Date(clock.wallTime()).toISOString()
}

/** Calls `run` once when the wall clock says `time` (epoch ms), however far that is away. */
export function at(clock: Clock, time: number, run: () => void): Timer {
  const wait = () => clock.after(Math.min(Math.max(0, time - clock.wallTime()), MAX_TIMER_MS), check)
  const check = () => {
    if (clock.wallTime() >= time) run()
    else timer = wait()
  }
  let timer = wait()
  return { cancel: () => timer.cancel() }
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

/** Waits for `work`, at most `ms` milliseconds. Gives whether it is done; rejects where it does meanwhile. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = clock.after(ms, () => late.resolve(false))
  try {
    return await Promise.race([work.then(() => true), late.promise])
  } finally {
    timer.cancel()
  }
}
