import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { retryLevel, type SessionStore } from '../../ports/session-store.ts'
import type { SessionFeed } from './session-feed.ts'

/** Every session is asked about once in so many sweeps: it may be gone before its time, by a shorter TTL elsewhere, an operator or an eviction (S3). */
const SWEEPS_TO_LOOK = 7
/** A session that the store could not be asked about is asked about again after this. */
const RECHECK_MS = 1000

export interface SessionExpiryOptions {
  readonly store: SessionStore
  readonly clock: Clock
  readonly log: Log
  isLive(feed: SessionFeed): boolean
  /** It may have been gone, with this replica's watch, and another replica has brought it back (G2, G6). */
  onReturned(feed: SessionFeed): void
  onGone(feed: SessionFeed): void
}

/** Finds out which of the followed sessions are gone. */
export class SessionExpiry {
  readonly #options: SessionExpiryOptions
  #sweeps = 0

  constructor(options: SessionExpiryOptions) {
    this.#options = options
  }

  /** Asks about those that have expired by what is known here, and about those whose turn it is, apart: while the store is away memory may know of some. */
  async endExpired(feeds: readonly SessionFeed[]): Promise<void> {
    const now = this.#options.clock.now()
    const turn = this.#sweeps++ % SWEEPS_TO_LOOK
    const due = feeds.filter(({ expiresAt }) => expiresAt <= now)
    // Nobody knows yet of one that is only being opened.
    const others = feeds.filter(
      ({ expiresAt, watch }) =>
        expiresAt > now && expiresAt < Number.POSITIVE_INFINITY && watch.id % SWEEPS_TO_LOOK === turn,
    )
    await Promise.all([this.#endGone(due, true), this.#endGone(others, false)])
  }

  async #endGone(feeds: readonly SessionFeed[], areDue: boolean): Promise<void> {
    if (feeds.length === 0) return
    const { clock, store, log } = this.#options
    try {
      const remaining = await store.remaining(feeds.map((feed) => feed.sessionId))
      for (const [i, feed] of feeds.entries()) this.#remains(feed, remaining[i], areDue)
    } catch (err) {
      log[retryLevel(err)]({ err, sessions: feeds.length }, 'could not ask for expiry')
      if (areDue) for (const feed of feeds) feed.expiresAt = clock.now() + RECHECK_MS
    }
  }

  /** The session has so many milliseconds left; undefined where the store could not say. */
  #remains(feed: SessionFeed, ms: number | undefined, wasDue: boolean): void {
    const { clock, isLive, onReturned, onGone } = this.#options
    if (ms !== undefined || wasDue) feed.expiresAt = clock.now() + (ms ?? RECHECK_MS)
    if (ms === undefined) return
    if (ms > 0 && wasDue) onReturned(feed)
    if (ms <= 0 && isLive(feed) && !this.#mayComeBack(feed)) onGone(feed)
  }

  /** Another replica may bring it back: while the store settles, or, where only a copy has expired, if its answer still runs there. */
  #mayComeBack(feed: SessionFeed): boolean {
    const { store } = this.#options
    return store.isSettling || (feed.expecting && !store.canClear(feed.sessionId))
  }
}
