import type { Bus } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Membership } from '../../ports/membership.ts'
import { ANYBODY, type SessionStore } from '../../ports/session-store.ts'
import { concurrently, inGroups } from '../../session/concurrently.ts'

/** Until who was not reached is looked at: a connection that broke comes back meanwhile. */
const LOOK_MS = 1000
/** Sessions of one replica that are kept until then. Of more, the next message shows it again. */
const MAX_SESSIONS = 1000
const AT_ONCE = 16

export interface DeadWatchersOptions {
  readonly store: SessionStore
  readonly membership: Membership
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
}

/**
 * Ends the watches that a dead replica left behind: else everything that happens in its sessions would be sent to nobody until
 * they expire. That a message reached nobody is a sign, no more: a replica whose lease stands, or which is connected, stays.
 *
 * `ANYBODY` is reached by nothing either: all replicas are told to look at the session, and who watches it enters again (G6).
 */
export class DeadWatchers {
  readonly #options: DeadWatchersOptions
  readonly #sessions = new Map<string, Set<string>>()

  constructor(options: DeadWatchersOptions) {
    this.#options = options
  }

  /** What was told of a session has reached nobody at that replica. */
  unreached(replica: string, sessionId: string): void {
    const known = this.#sessions.get(replica)
    if (known !== undefined) {
      if (known.size < MAX_SESSIONS) known.add(sessionId)
      return
    }
    this.#sessions.set(replica, new Set([sessionId]))
    this.#options.clock.after(LOOK_MS, () => void this.#look(replica))
  }

  async #look(replica: string): Promise<void> {
    const { store, log } = this.#options
    const sessions = [...(this.#sessions.get(replica) ?? [])]
    this.#sessions.delete(replica)
    try {
      if (replica === ANYBODY) await this.#tellAll(sessions)
      else if (!(await this.#isDead(replica).catch(() => false))) return this.#tell(replica, sessions)
      const unwatch = (sessionId: string) => store.unwatch(sessionId, { watcher: replica, id: null })
      const nodeOf = (sessionId: string) => store.nodeOf(sessionId)
      await inGroups(sessions, nodeOf, (ofNode) => concurrently(AT_ONCE, ofNode, unwatch))
    } catch (err) {
      log.debug({ err, watcher: replica }, 'the watches of a replica that was not reached were not ended') // the next message shows it again
    }
  }

  /** It may live, and was out of reach for a moment because the slot of its channel moved: it is told where to look. */
  #tell(replica: string, sessions: readonly string[]): void {
    for (const sessionId of sessions) this.#options.bus.send(replica, { kind: 'look', sessionId })
  }

  async #isDead(replica: string): Promise<boolean> {
    const [seen] = await this.#options.membership.liveness([replica])
    return seen !== undefined && !seen.connected && seen.leaseMs <= 0
  }

  /** This replica, too: it may be one of those who are missing. */
  async #tellAll(sessions: readonly string[]): Promise<void> {
    const { membership, bus, log } = this.#options
    log.warn({ sessions: sessions.length }, 'who watches these sessions was lost in Redis: all replicas look')
    for (const member of await membership.members())
      for (const sessionId of sessions) bus.send(member, { kind: 'look', sessionId })
  }
}
