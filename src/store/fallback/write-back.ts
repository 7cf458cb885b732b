import { type Clock, within } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Recall } from '../../ports/recall.ts'
import { STORE_RETRY_MS, StoreUnavailable } from '../../ports/session-store.ts'
import type { SharedStore } from '../../ports/shared-store.ts'
import { concurrently } from '../../session/concurrently.ts'
import type { HeldSession } from './held-session.ts'
import type { HeldSessions } from './held-sessions.ts'
import { Returning } from './returning.ts'
import type { StoreHealth } from './store-health.ts'

/** Sessions that are written back at the same time. */
const AT_ONCE = 16
/** How long the end of a write-back is waited for at the end. */
const CLOSE_MS = 2000

export interface WriteBackOptions {
  readonly shared: SharedStore
  readonly held: HeldSessions
  readonly health: StoreHealth
  /** This replica's address. */
  readonly owner: string
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** Null until it is known. */
  recall(): Recall | null
  /** All that was held is in the shared store. */
  onDone(): void
}

/** Writes what is held back once the shared store is usable again: by itself, for as long as that takes (G2). */
export class WriteBack {
  readonly #options: WriteBackOptions
  /** Outages so far, and the last one that this replica has returned from. */
  #outages = 0
  #returned = 0
  #running: Promise<void> | null = null
  #closed = false

  constructor(options: WriteBackOptions) {
    this.#options = options
  }

  /** The store went away: what this replica owns has to be listed there anew. */
  storeAway(): void {
    this.#outages++
  }

  /** The store takes writes again. */
  storeBack(): void {
    this.#running ??= this.#run()
  }

  /** Waits, not for ever, for what is under way. */
  async close(): Promise<void> {
    const { clock, health } = this.#options
    if (!health.isAway && this.#running !== null) await within(clock, CLOSE_MS, this.#running)
    this.#closed = true
  }

  async #run(): Promise<void> {
    const { clock, held, log, health, onDone } = this.#options
    while (!health.isAway && !this.#closed) {
      if (await this.#return()) await this.#bringAll()
      if (this.#returned === this.#outages && held.size === 0) {
        log.info({}, 'all that was held is in the store')
        onDone()
        break
      }
      await new Promise<void>((resolve) => clock.after(STORE_RETRY_MS, resolve))
    }
    this.#running = null
  }

  /** Whether this replica is known in the shared store again by what it owns. */
  async #return(): Promise<boolean> {
    const outages = this.#outages
    if (this.#returned === outages) return true
    try {
      await this.#options.recall()?.returning()
      this.#returned = outages
    } catch (err) {
      this.#options.log.warn({ err }, 'what this replica owns is not listed yet, trying again')
    }
    return this.#returned === this.#outages
  }

  async #bringAll(): Promise<void> {
    const { held, health } = this.#options
    const recall = this.#options.recall()
    if (recall === null) return
    await concurrently(AT_ONCE, held.all(), async (session) => {
      if (!health.isAway) await this.#bring(session, recall)
    })
  }

  /** What cannot be brought back now is tried again; what never can, because it is a fault and no outage, is given up. */
  async #bring(session: HeldSession, recall: Recall): Promise<void> {
    const { shared, held, health, owner, clock, log, meter } = this.#options
    const release = () => held.release(session)
    try {
      const isBack = await new Returning(session, { shared, memory: held.memory, owner, recall, release }).run()
      if (isBack) meter.returned(1, { outcome: 'returned' })
      else log.debug({ session: session.id }, 'a held session has to wait for another answer')
    } catch (err) {
      if (err instanceof StoreUnavailable) {
        log.warn({ err, session: session.id }, 'bringing a held session back failed, trying again')
        return health.failed(clock.now())
      }
      log.error({ err, session: session.id }, 'a held session cannot be brought back and is given up')
      meter.returned(1, { outcome: 'given_up' })
      release()
      recall.released(session.id, null, { after: 0, watchers: [] })
    }
  }
}
