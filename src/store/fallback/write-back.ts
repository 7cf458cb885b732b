import { type Clock, within } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Meter } from '../../ports/meter.ts'
import {
  retryLevel,
  type SessionState,
  type Snapshot,
  STORE_RETRY_MS,
  StoreUnavailable,
} from '../../ports/session-store.ts'
import type { ReconcileRequest, SharedStore } from '../../ports/shared-store.ts'
import { concurrently } from '../../session/concurrently.ts'
import { exchangesFrom } from './exchanges.ts'
import type { HeldSession, HeldSessions } from './held-sessions.ts'
import type { StoreHealth } from './store-health.ts'

/** Sessions that are written back at the same time. */
const AT_ONCE = 16
/** For the first try: what waits for a session's return waits no longer, and a later reply counts as lost (G1). Each further try gets twice as long. */
const REPLY_MS = 1000

export interface WriteBackOptions {
  readonly shared: SharedStore
  readonly held: HeldSessions
  readonly health: StoreHealth
  /** This replica's address. */
  readonly owner: string
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  /** All that was held is in the shared store. */
  onDone(): void
}

/**
 * Writes what is held back once the shared store is usable again: by itself, for as long as that takes (G2). First the list of
 * what this replica owns, then each held session by one call of `SharedStore.reconcile`, until none is held.
 */
export class WriteBack {
  readonly #options: WriteBackOptions
  /** What this replica owns is listed in the shared store since it is back. */
  #isListed = false
  #running: Promise<void> | null = null
  #closed = false

  constructor(options: WriteBackOptions) {
    this.#options = options
  }

  /** The store takes writes again: what this replica owns has to be listed there anew. */
  storeBack(): void {
    this.#isListed = false
    this.#running ??= this.#run()
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, held, log, health, onDone } = this.#options
    while (!health.isAway && !this.#closed) {
      if (!this.#isListed) await this.#list()
      if (this.#isListed) await this.#bringAll()
      if (this.#isListed && held.sessions.size === 0 && !health.isAway) {
        log.info({}, 'all that was held is in the store')
        onDone()
        break
      }
      await new Promise<void>((resolve) => clock.after(STORE_RETRY_MS, resolve))
    }
    this.#running = null
  }

  async #list(): Promise<void> {
    this.#isListed = true // unless that fails, or the store has been away meanwhile
    try {
      await this.#options.held.recall.returning()
    } catch (err) {
      this.#isListed = false
      this.#options.log[retryLevel(err)]({ err }, 'what this replica owns is not listed yet, trying again')
    }
  }

  async #bringAll(): Promise<void> {
    const { held, health } = this.#options
    await concurrently(AT_ONCE, [...held.sessions.values()], async (session) => {
      if (!health.isAway) await this.#tryToBring(session)
    })
  }

  /** What cannot be brought back now is tried again; what never can, because it is a fault and no outage, is given up. */
  async #tryToBring(session: HeldSession): Promise<void> {
    const { log, meter } = this.#options
    try {
      if (await this.#bring(session)) meter.returned(1, { outcome: 'returned' })
      else log.debug({ session: session.id }, 'a held session has to wait for another answer')
    } catch (err) {
      if (err instanceof StoreUnavailable) {
        return log.debug({ err, session: session.id }, 'bringing a held session back failed, trying again')
      }
      log.error({ err, session: session.id }, 'a held session cannot be brought back and is given up')
      meter.returned(1, { outcome: 'given_up' })
      this.#release(session, null)
    }
  }

  /** Whether the session is back; else it has to be tried again. */
  async #bring(session: HeldSession): Promise<boolean> {
    if (this.#isUnchanged(session)) return this.#rejoin(session)
    return this.#options.held.recall.tracked(session.id, () => {
      const returning = this.#reconcile(session)
        .catch((error) => this.#failed(session, error))
        .finally(() => {
          session.returning = null
        })
      session.returning = returning
      return returning
    })
  }

  /** What never can be brought back is given up before anybody who waits for it goes on. */
  #failed(session: HeldSession, error: unknown): never {
    if (!(error instanceof StoreUnavailable)) this.#release(session, null)
    throw error
  }

  #isUnchanged({ id, dirty, version }: HeldSession): boolean {
    return !dirty && this.#options.held.memory.peek(id)?.session.version === version
  }

  /** Nothing was added here: the subscribers are shown what the store holds. */
  async #rejoin(session: HeldSession): Promise<boolean> {
    const { shared, held, health } = this.#options
    const request = { sessionId: session.id, watch: held.recall.watchOf(session.id), known: null }
    const snapshot = await health.observe(() => shared.open(request))
    if (!this.#isUnchanged(session)) return false
    this.#release(session, snapshot)
    return true
  }

  /**
   * False where another answer runs. It may end soon; else this replica's own ends as interrupted, for a session has one
   * running answer (M3) and all its followers have to hold the same in time (G6).
   */
  async #reconcile(session: HeldSession): Promise<boolean> {
    const { shared, held, health, owner, clock } = this.#options
    const { id, base, sent } = session
    const here = held.memory.peek(id)
    if (here === null) {
      this.#release(session, null) // its time ran out
      return true
    }
    const { exchanges, running } = exchangesFrom(base.seq, here)
    const request = { session: here.session, owner, base, sent, exchanges, running, watch: held.recall.watchOf(id) }
    session.mayBeShared = true
    session.sent = stateAfter(request)
    const limitMs = REPLY_MS * 2 ** session.late
    const reply = await inTime(
      clock,
      limitMs,
      health.observe(() => shared.reconcile(request)),
    )
    if (reply === null) {
      session.late++
      throw new StoreUnavailable('no reply in time')
    }
    switch (reply.kind) {
      case 'busy':
        if (session.patience-- <= 0) held.recall.interrupt(id)
        return false
      case 'behind':
        // The store has lost what others hold as well: who writes an answer brings all of it, while there is time (G4).
        if (health.isSettling && exchangesFrom(reply.lastSeq, here).runsElsewhere) return false
        session.base = { ...base, seq: reply.lastSeq }
        return this.#reconcile(session)
      case 'cleared':
        held.release(session)
        held.recall.cleared(id)
        return true
      case 'reconciled':
        this.#release(session, reply.snapshot, reply.watchers)
        return true
    }
  }

  /** The store holds `snapshot`; `watchers` are the other replicas that have subscribers of it. */
  #release(session: HeldSession, snapshot: Snapshot | null, watchers: readonly string[] = []): void {
    const { held } = this.#options
    if (!held.release(session)) return
    // A store that has lost data may have older messages again than the subscribers were given.
    const isOlder = snapshot !== null && snapshot.session.firstSeq < session.firstSeq
    const after = isOlder ? 0 : Math.max(0, session.base.seq - 1)
    held.recall.released(session.id, snapshot, { after, watchers })
  }
}

/** The session's state once this is carried out, where the store's version is known and nobody else has written. Any other state makes no difference. */
function stateAfter({ session, base, exchanges }: ReconcileRequest): SessionState {
  const added = exchanges.filter(({ question }) => question !== null)
  return { version: base.version + 1, lastSeq: base.lastSeq + 2 * added.length, lastActivity: session.lastActivity }
}

async function inTime<T>(clock: Clock, ms: number, reply: Promise<T>): Promise<T | null> {
  return (await within(clock, ms, reply)) ? reply : null
}
