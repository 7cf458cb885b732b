import { performance } from 'node:perf_hooks'
import { untilBeat } from '../ports/clock.ts'
import type { Load } from '../ports/load.ts'

const SAMPLE_MS = 100
/** Where there is little to do: an idle process is woken as seldom. */
const CALM_SAMPLE_MS = 1000
/** Utilisation that leaves no room, that at which there is room again, and that below which it is looked at seldom. */
const FULL = 0.99
const CALM = 0.9
const LITTLE = 0.5
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

/** Node's own measure, sampled so that asking costs nothing. `onSample` is told by how many milliseconds a sample came late. */
export function systemLoad(onSample: (lateMs: number) => void): Load {
  let last = performance.eventLoopUtilization()
  let lastAt = performance.now()
  let utilisation = 0
  const saturation = new Saturation()
  const measure = (): number => {
    const at = performance.now()
    if (at - lastAt < SAMPLE_MS) return utilisation
    const now = performance.eventLoopUtilization()
    utilisation = performance.eventLoopUtilization(now, last).utilization
    last = now
    lastAt = at
    return utilisation
  }
  let timer: NodeJS.Timeout
  const sampleIn = (ms: number): void => {
    const due = performance.now() + ms
    timer = setTimeout(() => {
      const at = performance.now()
      const lateMs = Math.max(0, at - due)
      saturation.sample(measure(), lateMs, at)
      onSample(lateMs)
      sampleIn(utilisation < LITTLE ? untilBeat(CALM_SAMPLE_MS) : SAMPLE_MS)
    }, ms).unref()
  }
  sampleIn(untilBeat(CALM_SAMPLE_MS))
  return {
    utilisation: measure,
    saturated: () => saturation.saturated,
    close: () => clearTimeout(timer),
  }
}
