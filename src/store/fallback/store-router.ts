import type { Clock } from '../../ports/clock.ts'
import { type AppendItem, type AppendResult, type SessionStore, StoreUnavailable } from '../../ports/session-store.ts'
import type { HeldSessions } from './held-sessions.ts'
import type { StoreHealth } from './store-health.ts'

export interface StoreRouterOptions {
  readonly shared: SessionStore
  readonly held: HeldSessions
  readonly health: StoreHealth
  readonly clock: Clock
}

/**
 * Decides for each call which store answers it (G1): memory where the session is held or has to be from now on, else the
 * shared one. Where that fails, the call waits until it is certain whether the store is away, and goes on accordingly.
 */
export class StoreRouter {
  readonly #options: StoreRouterOptions

  constructor(options: StoreRouterOptions) {
    this.#options = options
  }

  /** A call that only the shared store can answer. */
  async shared<T>(call: () => Promise<T>): Promise<T> {
    const { clock, health } = this.#options
    const startedAt = clock.now()
    try {
      return await call()
    } catch (error) {
      if (error instanceof StoreUnavailable) health.failed(startedAt)
      throw error
    }
  }

  /** A call that needs nothing of a session: the shared store's, or where that is certainly away, `here`. */
  async either<T>(shared: () => Promise<T>, here: () => Promise<T>): Promise<T> {
    if (this.#options.health.isAway) return here()
    try {
      return await this.shared(shared)
    } catch (error) {
      await this.#awaitVerdict(error, [])
      return here()
    }
  }

  /**
   * A call for one session. `bytes`: what a write may add to what is held, if it comes to that; null for what only reads.
   * `userId`: for whom, null for any.
   */
  async one<T>(
    sessionId: string,
    call: (store: SessionStore) => Promise<T>,
    bytes: number | null = null,
    userId: string | null = null,
  ): Promise<T> {
    const { shared, held } = this.#options
    for (;;) {
      if (bytes !== null) await held.get(sessionId)?.returning.catch(() => {})
      if (this.#isHere(sessionId)) return held.call(sessionId, call, bytes, userId)
      try {
        const reply = await this.shared(() => call(shared))
        // Else it came so late that the session went on here meanwhile: as good as lost, and the call is repeated.
        if (!held.has(sessionId)) return reply
      } catch (error) {
        await this.#awaitVerdict(error, [sessionId])
      }
    }
  }

  /** A call for many sessions. Each store is asked about those that are in it; replies in the order of `items`. */
  many<T, R>(
    items: readonly T[],
    idOf: (item: T) => string,
    call: (store: SessionStore, items: readonly T[]) => Promise<readonly R[]>,
  ): Promise<readonly R[]> {
    const { shared, held } = this.#options
    return divide(
      items,
      (item) => held.has(idOf(item)),
      (here) => call(held.memory, here),
      (there) => this.shared(() => call(shared, there)),
    )
  }

  /** Appends to running answers, each where its session is. */
  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return divide(
      items,
      ({ sessionId }) => this.#isHere(sessionId),
      (here) => this.#options.held.append(here),
      (there) => this.#appendThere(there),
    )
  }

  async #appendThere(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const { shared, held } = this.#options
    const sessionIds = items.map(({ sessionId }) => sessionId)
    try {
      const results = await this.shared(() => shared.append(items))
      if (!sessionIds.some((id) => held.has(id))) return results // else see `one`
    } catch (error) {
      await this.#awaitVerdict(error, sessionIds)
    }
    return this.append(items)
  }

  /** A call failed: returns where it can be answered from memory, once that is certain, else throws. */
  async #awaitVerdict(error: unknown, sessionIds: readonly string[]): Promise<void> {
    const { held, health } = this.#options
    if (!(error instanceof StoreUnavailable)) throw error
    await health.decided()
    if (!health.isAway && !sessionIds.some((id) => held.has(id))) throw error
  }

  /** Memory answers for the session, or says why not. */
  #isHere(sessionId: string): boolean {
    const { held, health } = this.#options
    return health.isAway || held.has(sessionId)
  }
}

/** Asks `here` about the items that are there and `there` about the others, both at once; replies in the order of `items`. */
async function divide<T, R>(
  items: readonly T[],
  isHere: (item: T) => boolean,
  here: (items: readonly T[]) => Promise<readonly R[]>,
  there: (items: readonly T[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const sides = items.map(isHere)
  const [fromHere, fromThere] = await Promise.all([
    here(items.filter((_, i) => sides[i])),
    sides.includes(false) ? there(items.filter((_, i) => !sides[i])) : [],
  ])
  let [nextHere, nextThere] = [0, 0]
  return sides.map((side) => (side ? fromHere[nextHere++] : fromThere[nextThere++]) as R)
}
