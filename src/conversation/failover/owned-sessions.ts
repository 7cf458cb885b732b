import type { Bus } from '../../ports/bus.ts'
import type { Log } from '../../ports/log.ts'
import type { Membership } from '../../ports/membership.ts'
import { StoreUnavailable } from '../../ports/session-store.ts'

/** Sessions of which it is remembered that they were owned, or left behind. What a failover may undo is some seconds old at most. */
const MAX_NOTED = 1000

export interface OwnedSessionsOptions {
  readonly membership: Membership
  readonly bus: Pick<Bus, 'settled'>
  /** This replica's. */
  readonly address: string
  readonly log: Log
  /** Something is tracked where nothing was. */
  onFirst?(): void
}

interface Entry {
  /** Why it is tracked. */
  count: number
  /** Of these: calls on their way by which this replica may become the owner. */
  claims: number
  tracked: Promise<void>
  wasOwned: boolean
}

/**
 * The sessions whose running answer this replica may own, as the membership has them. Counted, because a session's next
 * answer may be asked for while its last one is still being put away.
 */
export class OwnedSessions {
  readonly #membership: Membership
  readonly #bus: Pick<Bus, 'settled'>
  readonly #address: string
  readonly #log: Log
  readonly #onFirst: () => void
  readonly #entries = new Map<string, Entry>()
  /** Those that were tracked last and are no more, the latest last. */
  readonly #ended = new Set<string>()
  /** Those that could not be untracked: while one is listed, the neighbours watch this replica closely. */
  readonly #leftBehind = new Set<string>()
  #closed = false

  constructor(options: OwnedSessionsOptions) {
    const { membership, bus, address, log, onFirst = () => {} } = options
    this.#membership = membership
    this.#bus = bus
    this.#address = address
    this.#log = log
    this.#onFirst = onFirst
  }

  /** Resolves once the others would find the session; only then may an answer of it be claimed. Rejects once this replica goes. */
  async track(sessionId: string): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('this replica is going')
    const entry = this.#entries.get(sessionId) ?? { count: 0, claims: 0, tracked: Promise.resolve(), wasOwned: false }
    entry.count++
    // Each time: an answer that was taken from this replica meanwhile is no longer listed as its own.
    entry.tracked = this.#membership.track(sessionId)
    const isFirst = this.#entries.size === 0
    this.#entries.set(sessionId, entry)
    const { tracked } = entry
    try {
      await tracked
      if (isFirst) this.#onFirst()
    } catch (error) {
      this.untrack(sessionId, false)
      throw error
    }
  }

  /** Makes a call by which this replica may become the owner of an answer of the session, which is tracked. */
  async claim<T>(sessionId: string, call: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(sessionId)
    if (entry !== undefined) entry.claims++
    try {
      return await call()
    } finally {
      if (entry !== undefined) entry.claims--
    }
  }

  /** Such a call is on its way: what it has begun is its caller's. */
  isClaiming(sessionId: string): boolean {
    return (this.#entries.get(sessionId)?.claims ?? 0) > 0
  }

  /**
   * One reason less to be tracked. Where it `wasOwned` that is remembered; what a caller was refused is not, or refusals would
   * drive out what was.
   */
  untrack(sessionId: string, wasOwned = true): void {
    const entry = this.#entries.get(sessionId)
    if (entry === undefined) return
    entry.wasOwned ||= wasOwned
    if (--entry.count > 0) return
    this.#entries.delete(sessionId)
    if (entry.wasOwned) note(this.#ended, sessionId)
    this.#untrack(sessionId, entry.wasOwned).catch((err: unknown) => {
      this.#log.debug({ err, session: sessionId }, 'a session could not be untracked')
      note(this.#leftBehind, sessionId)
    })
  }

  /** Not before all have been told of what was owned: who finds it listed after this replica's death looks at it (G6). */
  async #untrack(sessionId: string, wasOwned: boolean): Promise<void> {
    if (wasOwned) await this.#bus.settled()
    if (!this.has(sessionId)) await this.#membership.untrack(sessionId, this.#address)
    await this.#makeUp()
  }

  /** The store takes calls: what it did not take before is untracked now. */
  async #makeUp(): Promise<void> {
    for (const sessionId of this.#leftBehind) {
      if (!this.has(sessionId)) await this.#membership.untrack(sessionId, this.#address)
      this.#leftBehind.delete(sessionId)
    }
  }

  /** Those that this replica has put away lately. */
  get ended(): string[] {
    return [...this.#ended].filter((sessionId) => !this.has(sessionId))
  }

  has(sessionId: string): boolean {
    return this.#entries.has(sessionId)
  }

  /** Nothing is tracked any more; resolves once the others would find what was, so that this replica can be taken out. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled([...this.#entries.values()].map((entry) => entry.tracked))
  }

  /** Makes the list true again: this replica was taken for dead and it may have been cleared up, or the store was away. */
  async renew(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((sessionId) => this.#membership.track(sessionId)))
    await this.#makeUp()
  }
}

/** Adds it as the latest; the oldest makes room. */
function note(sessions: Set<string>, sessionId: string): void {
  sessions.delete(sessionId)
  sessions.add(sessionId)
  for (const oldest of sessions) {
    if (sessions.size <= MAX_NOTED) return
    sessions.delete(oldest)
  }
}
