import type { Clock } from '../../ports/clock.ts'
import { MAX_REPORTED, type TakeoverReport } from '../../ports/report.ts'

const HOUR_MS = 60 * 60 * 1000

/** The takeovers of this replica that operators may want to look at: the latest, of the last hour. */
export class RecentTakeovers {
  readonly #clock: Clock
  #latestFirst: TakeoverReport[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(takeover: Omit<TakeoverReport, 'at'>): void {
    this.#latestFirst = [{ at: this.#clock.wallTime(), ...takeover }, ...this.#latestFirst.slice(0, MAX_REPORTED - 1)]
  }

  get list(): readonly TakeoverReport[] {
    const since = this.#clock.wallTime() - HOUR_MS
    return this.#latestFirst.filter(({ at }) => at >= since)
  }
}
