import { performance } from 'node:perf_hooks'

/** How busy this process is. */
export interface Load {
  /** Event-loop utilisation of the recent past, from 0 (idle) to 1. */
  utilisation(): number
  /** There was nothing but work for so long, and all of it late, that more would only make everything later. */
  saturated(): boolean
  close(): void
}

const SAMPLE_MS = 100
/** Utilisation that leaves no room, and that at which there is room again. */
const FULL = 0.99
const CALM = 0.9
/** How late what is due may be on average: clients that each wait for a reply before they go on keep a process busy and no more. */
const LATE_MS = 100
/** Share that a new sample has in the average. */
const WEIGHT = 0.1
/** A shorter peak, such as the clients of a dead replica, all at once, is no overload: it passes. */
const SATURATED_AFTER_MS = 10_000

/** Tells from samples whether a process is saturated. */
export class Saturation {
  #lateMs = 0
  #fullSince: number | null = null
  #saturated = false

  /** `lateMs`: by how much the sample comes too late; `now` in milliseconds, of any clock that only goes forward. */
  sample(utilisation: number, lateMs: number, now: number): void {
    this.#lateMs += WEIGHT * (lateMs - this.#lateMs)
    if (utilisation < FULL || this.#lateMs < LATE_MS) this.#fullSince = null
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
  let lastAt = performance.now()
  let utilisation = 0
  const saturation = new Saturation()
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const at = performance.now()
    utilisation = performance.eventLoopUtilization(now, last).utilization
    saturation.sample(utilisation, at - lastAt - SAMPLE_MS, at)
    last = now
    lastAt = at
  }, SAMPLE_MS)
  timer.unref()
  return {
    utilisation: () => utilisation,
    saturated: () => saturation.saturated,
    close: () => clearInterval(timer),
  }
}
