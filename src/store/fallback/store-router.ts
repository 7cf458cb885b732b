import {
  type AppendItem,
  type AppendResult,
  type SessionRequest,
  type SessionStore,
  StoreUnavailable,
} from '../../ports/session-store.ts'
import type { HeldSessions } from './held-sessions.ts'
import type { StoreHealth } from './store-health.ts'

/**
 * Decides for each call which store answers it (G1): memory where the session is held or has to be from now on, else the
 * shared one. Where that fails, the call waits until it is certain whether the store is away, and goes on accordingly.
 */
export class StoreRouter {
  readonly #shared: SessionStore
  readonly #held: HeldSessions
  readonly #health: StoreHealth

  constructor(shared: SessionStore, held: HeldSessions, health: StoreHealth) {
    this.#shared = shared
    this.#held = held
    this.#health = health
  }

  /** A call that needs nothing of a session: the shared store's, or where that is certainly away, `here`. */
  async either<T>(shared: () => Promise<T>, here: () => Promise<T>): Promise<T> {
    if (this.#health.isAway) return here()
    try {
      return await this.#health.observe(shared)
    } catch (error) {
      await this.#awaitVerdict(error, [])
      return here()
    }
  }

  /** A call for one session. `bytes`: what a write may add to what is held, if it comes to that; null for what only reads. */
  async one<T>(
    request: SessionRequest,
    call: (store: SessionStore) => Promise<T>,
    bytes: number | null = null,
  ): Promise<T> {
    const { sessionId } = request
    for (;;) {
      const returning = bytes === null ? null : this.#held.sessions.get(sessionId)?.returning
      if (returning) {
        await returning.catch(() => {})
        continue
      }
      if (this.#isHere(sessionId)) return this.#held.call(request, call, bytes)
      try {
        const reply = await this.#health.observe(() => call(this.#shared))
        // Else it came so late that the session went on here meanwhile: as good as lost, and the call is repeated.
        if (!this.#held.sessions.has(sessionId)) return reply
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
    return divide(
      items,
      (item) => this.#held.sessions.has(idOf(item)),
      (here) => call(this.#held.memory, here),
      (there) => this.#health.observe(() => call(this.#shared, there)),
    )
  }

  /** Appends to running answers, each where its session is. */
  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return divide(
      items,
      ({ sessionId }) => this.#isHere(sessionId),
      (here) => this.#held.append(here),
      (there) => this.#appendThere(there),
    )
  }

  async #appendThere(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const sessionIds = items.map(({ sessionId }) => sessionId)
    try {
      const results = await this.#health.observe(() => this.#shared.append(items))
      if (!sessionIds.some((id) => this.#held.sessions.has(id))) return results // else see `one`
    } catch (error) {
      await this.#awaitVerdict(error, sessionIds)
    }
    return this.append(items)
  }

  /** A call failed: returns where it can be answered from memory, once that is certain, else throws. */
  async #awaitVerdict(error: unknown, sessionIds: readonly string[]): Promise<void> {
    if (!(error instanceof StoreUnavailable)) throw error
    await this.#health.decided()
    if (!this.#health.isAway && !sessionIds.some((id) => this.#held.sessions.has(id))) throw error
  }

  /** Memory answers for the session, or says why not. */
  #isHere(sessionId: string): boolean {
    return this.#health.isAway || this.#held.sessions.has(sessionId)
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
