import { systemClock, within } from './ports/clock.ts'
import type { Log } from './ports/log.ts'

/** Released last in, first out. */
export class ReleaseStack {
  readonly #releases: (() => unknown)[] = []

  add(release: () => unknown): void {
    this.#releases.push(release)
  }

  /** Each gets `eachMs` milliseconds; what takes longer is left to the end of the process, and holds up no other. Never rejects. */
  async release(log: Log, eachMs: number): Promise<void> {
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        const isReleased = await within(systemClock, eachMs, Promise.resolve(release()))
        if (!isReleased) log.warn({ eachMs }, 'a resource was not released in time')
      } catch (err) {
        log.warn({ err }, 'a resource was not released cleanly')
      }
    }
  }
}
