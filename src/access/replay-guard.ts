/** Clocks of two machines may differ, and an order takes its time: by so much it may seem to be early or late. */
const FRESH_MS = 30_000
/** Of what was accepted while it was fresh; more than operators give. */
const MAX_ACCEPTED = 1000

/** Accepts what is signed with an id and a time once, and soon: whoever has overheard it can do nothing with it. */
export class ReplayGuard {
  readonly #wallTime: () => number
  readonly #accepted = new Map<string, number>()

  constructor(wallTime: () => number) {
    this.#wallTime = wallTime
  }

  /** False where it was accepted before, or was not made about now. `at` is in epoch milliseconds. */
  accepts(id: string, at: number): boolean {
    for (const [known, time] of this.#accepted) if (!this.#isFresh(time)) this.#accepted.delete(known)
    if (!this.#isFresh(at) || this.#accepted.has(id) || this.#accepted.size >= MAX_ACCEPTED) return false
    this.#accepted.set(id, at)
    return true
  }

  #isFresh(at: number): boolean {
    return Math.abs(this.#wallTime() - at) <= FRESH_MS
  }
}
