import type { Plan, Rates } from './plan.ts'
import { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'

/** The dice for mishaps at single calls. Each that falls gets a number, so that shrinking can leave it out. */
export class Mischief {
  readonly #plan: Plan
  readonly #random: Random
  readonly #scheduler: Scheduler
  readonly #spared: ReadonlySet<number>
  /** How many mishaps the dice decided for. */
  count = 0

  constructor(plan: Plan, scheduler: Scheduler) {
    this.#plan = plan
    this.#random = new Random(plan.seed + 0x5eed)
    this.#scheduler = scheduler
    this.#spared = new Set(plan.spared)
  }

  /** Nothing goes wrong any more. */
  get isOver(): boolean {
    return this.#scheduler.now >= this.#plan.calmAt
  }

  happens(what: keyof Rates): boolean {
    const rate = this.#plan.rates[what]
    if (rate === 0 || this.isOver || !this.#random.chance(rate)) return false
    return !this.#spared.has(this.count++)
  }
}
