import { type Clock, within } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { reasonOf, StoreUnavailable } from '../../ports/session-store.ts'

/**
 * Whether the shared store can be used: a circuit breaker.
 *
 * `usable`: every call goes there. `doubtful`: a call failed; calls still go there, and a refused caller waits for the
 * decision, because what cannot be stored must not be shown while another replica may own it (D1). `away`: it has not
 * taken a write for `CERTAIN_MS`; everything is served from here. A probe that writes (so that a store which is full or
 * read-only counts as away) leads back to `usable`.
 */
type Mode = 'usable' | 'doubtful' | 'away'

const CERTAIN_MS = 1000
const PROBE_MS = 100
/** For so long at least it is asked itself: a call may have waited for this process, which stood still. */
const ASKED_MS = CERTAIN_MS / 2
/** After a failure of this length another replica, which noticed it earlier, may have been certain. */
const NOTICED_MS = CERTAIN_MS / 2
/** Other replicas find out that the store is back within a second, and write then what they hold; where an answer is in the way, up to 2.5 s later. */
const SETTLES_MS = 3000

export interface StoreHealthOptions {
  readonly clock: Clock
  readonly log: Log
  /** Makes a small write; rejects while the store is away. */
  probe(): Promise<unknown>
  /** Called at each change between `away` and the other two. */
  onAway(): void
  onBack(): void
}

/** The one place that knows whether the store is usable (G1). */
export class StoreHealth {
  readonly #options: StoreHealthOptions
  #mode: Mode = 'usable'
  #backAt = Number.NEGATIVE_INFINITY
  #decision = Promise.withResolvers<void>()
  #closed = false

  constructor(options: StoreHealthOptions) {
    this.#options = options
  }

  get isAway(): boolean {
    return this.#mode === 'away'
  }

  /** Other replicas may still hold what the store lacks. */
  get isSettling(): boolean {
    return this.#mode === 'doubtful' || this.#options.clock.now() - this.#backAt < SETTLES_MS
  }

  /** Makes a call to the store, whose failure is a reason to doubt it. */
  async observe<T>(call: () => Promise<T>): Promise<T> {
    const startedAt = this.#options.clock.now()
    try {
      return await call()
    } catch (error) {
      if (error instanceof StoreUnavailable) this.failed(startedAt)
      throw error
    }
  }

  /** A call that began at `startedAt` (epoch ms) failed for want of the store. */
  failed(startedAt: number): void {
    if (this.#mode !== 'usable' || this.#closed) return
    this.#mode = 'doubtful'
    this.#decision = Promise.withResolvers()
    void this.#probe(startedAt)
  }

  /** Resolves once the store is either usable or certainly away. */
  async decided(): Promise<void> {
    if (this.#mode === 'doubtful') await this.#decision.promise
  }

  close(): void {
    this.#closed = true
    this.#decision.resolve()
  }

  async #probe(since: number): Promise<void> {
    const { clock } = this.#options
    const certainAt = Math.max(since + CERTAIN_MS, clock.now() + ASKED_MS)
    while (!this.#closed) {
      const refusal = await this.#refusal()
      if (refusal === null) {
        if (clock.now() - since >= NOTICED_MS) this.#backAt = clock.now()
        return this.#become('usable')
      }
      if (this.#mode === 'doubtful' && clock.now() >= certainAt) this.#become('away', refusal)
      await new Promise<void>((resolve) => clock.after(PROBE_MS, resolve))
    }
  }

  /** Why the probe failed; null where it did not. A frozen store must not hold up the decision: it is not waited for any longer. */
  async #refusal(): Promise<string | null> {
    const { clock, probe } = this.#options
    try {
      return (await within(clock, CERTAIN_MS, probe())) ? null : 'no reply'
    } catch (error) {
      return reasonOf(error)
    }
  }

  #become(mode: 'usable' | 'away', reason?: string): void {
    const { log, onAway, onBack } = this.#options
    const wasAway = this.isAway
    this.#mode = mode
    if (mode === 'away') {
      log.warn({ reason }, 'the store is away: sessions are served from memory')
      onAway()
    } else if (wasAway) {
      log.info({}, 'the store is back')
      onBack()
    }
    this.#decision.resolve()
  }
}
