import { performance } from 'node:perf_hooks'

/** How busy this process is. */
export interface Load {
  /** Event-loop utilisation of the recent past, from 0 (idle) to 1. */
  utilisation(): number
  /** There was nothing but work for so long that more of it would only make everything later. */
  saturated(): boolean
  close(): void
}

const SAMPLE_MS = 100
/** Utilisation that leaves no room, and that at which there is room again. */
const FULL = 0.99
const CALM = 0.9
/** A shorter peak, such as the clients of a dead replica, all at once, is no overload: it passes. */
const SATURATED_AFTER_MS = 10_000

/** Tells from samples of the utilisation whether a process is saturated. */
export class Saturation {
  #fullSince: number | null = null
  #saturated = false

  /** `now` in milliseconds, of any clock that only goes forward. */
  sample(utilisation: number, now: number): void {
    if (utilisation < FULL) this.#fullSince = null
    else this.#fullSince ??= now
    if (this.#fullSince !== null && now - this.#fullSince >= SATURATED_AFTER_MS) this.#saturated = true
    if (utilisation < CALM) this.#saturated = false
  }

  get saturated(): boolean {
    return this.#saturated
  }
}

/** Node's own measure, sampled so that asking costs nothing. */
export function systemLoad(): Load {
  let last = performance.eventLoopUtilization()
  let utilisation = 0
  const saturation = new Saturation()
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    utilisation = performance.eventLoopUtilization(now, last).utilization
    last = now
    saturation.sample(utilisation, performance.now())
  }, SAMPLE_MS)
  timer.unref()
  return {
    utilisation: () => utilisation,
    saturated: () => saturation.saturated,
    close: () => clearInterval(timer),
  }
}
