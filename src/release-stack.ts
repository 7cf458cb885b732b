import type { Log } from './ports/log.ts'

/** Released last in, first out. */
export class ReleaseStack {
  readonly #releases: (() => unknown)[] = []

  add(release: () => unknown): void {
    this.#releases.push(release)
  }

  async release(log: Log): Promise<void> {
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        await release()
      } catch (err) {
        log.warn({ err }, 'a resource was not released cleanly')
      }
    }
  }
}
