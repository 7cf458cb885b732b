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
        const isReleased = await within(eachMs, Promise.resolve(release()))
        if (!isReleased) log.warn({ eachMs }, 'a resource was not released in time')
      } catch (err) {
        log.warn({ err }, 'a resource was not released cleanly')
      }
    }
  }
}

/** Waits for `work`, at most so many milliseconds. Gives whether it is done. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(late.resolve, ms, false)
  try {
    return await Promise.race([work.then(() => true), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
