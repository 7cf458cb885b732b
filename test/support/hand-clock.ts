import type { Clock, Timer } from '../../src/ports/clock.ts'

/** Time that stands still until a test moves it. */
export class HandClock implements Clock {
  #now = Date.UTC(2026, 2, 1, 12)
  #timers: { readonly at: number; readonly run: () => void }[] = []

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Timer {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  every(ms: number, run: () => void): Timer {
    const beat = () => {
      timer = this.after(ms, beat)
      run()
    }
    let timer = this.after(ms, beat)
    return { cancel: () => timer.cancel() }
  }

  soon(run: () => void): void {
    this.after(0, run)
  }

  /** Runs what falls due within `ms` milliseconds, in order, letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await settle()
    }
    this.#now = end
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.length
  }

  #next(end: number) {
    return this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
  }
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
