import type { Log } from '../../ports/log.ts'
import type { SessionStore, Watch } from '../../ports/session-store.ts'

/** Watches that are ended at the same time. All at once, where thousands of sockets close, they would keep every other call waiting beyond its limit. */
const AT_ONCE = 32

export interface EndedWatchesOptions {
  readonly store: Pick<SessionStore, 'unwatch'>
  readonly log: Log
}

/** Watches of this replica that are over, which the store has still to be told. */
export class EndedWatches {
  readonly #options: EndedWatchesOptions
  readonly #waiting: { readonly sessionId: string; readonly watch: Watch }[] = []
  #telling = 0

  constructor(options: EndedWatchesOptions) {
    this.#options = options
  }

  add(sessionId: string, watch: Watch): void {
    this.#waiting.push({ sessionId, watch })
    if (this.#telling < AT_ONCE) void this.#tell()
  }

  async #tell(): Promise<void> {
    const { store, log } = this.#options
    this.#telling++
    for (let ended = this.#waiting.pop(); ended !== undefined; ended = this.#waiting.pop()) {
      try {
        await store.unwatch(ended.sessionId, ended.watch)
      } catch (err) {
        // Nobody waits for it: what is not told ends with the session's TTL, and costs messages that nobody reads until then.
        log.debug({ err, watches: this.#waiting.length + 1 }, 'watches were not ended')
        this.#waiting.length = 0
      }
    }
    this.#telling--
  }
}
