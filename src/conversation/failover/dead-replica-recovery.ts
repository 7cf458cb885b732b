import type { Clock } from '../../ports/clock.ts'
import { delay, within } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Membership, TrackedSession } from '../../ports/membership.ts'
import type { Meter } from '../../ports/meter.ts'
import { retryLevel, StoreUnavailable } from '../../ports/session-store.ts'
import { concurrently, inGroups } from '../../session/concurrently.ts'
import type { FailureDetector } from './failure-detector.ts'
import { rendezvous } from './rendezvous.ts'

/** Answers of one node of the store that are being taken over, or sessions looked at, at the same time; the rest of a dead replica's waits its turn. */
const AT_ONCE = 16
/** After the first look at what is tracked, in milliseconds; every further pause is twice as long. */
const FIRST_PAUSE_MS = 250
/** For the list of replicas, which may be slow to come, or not to be had, when all else is. */
const MEMBERS_MS = 250

export interface DeadReplicaRecoveryOptions {
  /** This replica. */
  readonly address: string
  readonly membership: Membership
  readonly detector: FailureDetector
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  readonly leaseMs: number
  /** Its abort ends the work. */
  readonly signal: AbortSignal
  /** Names the node of the store that serves the session, as far as is known. */
  nodeOf(sessionId: string): string
  /** Who owns the session's running answer; null where none runs. */
  ownerOf(sessionId: string): Promise<string | null>
  /** Takes the session's running answer from `owner`, and gives whether that still had it. */
  adopt(sessionId: string, owner: string): Promise<boolean>
  /** The session's running answer is `owner`'s, who is to know that: a claim may arrive when its replica has given it up. */
  remind(sessionId: string, owner: string): Promise<void>
  /** Shows the subscribers here what the store holds of the session, where they wait for nothing that would show it. Never rejects. */
  look(sessionId: string): Promise<void>
}

/**
 * `open`: calls of the dead one may still be on their way to a store that is frozen or far, and claim another answer when
 * they get there. `closed`, after a lease's time: no more.
 */
type Phase = 'open' | 'closed'

/**
 * What one dead replica has left (F2). While it is open its heirs take over what they find, and mark it as taken; once it is
 * closed they look at all of it again, and untrack it. In the first round of each phase a replica does its share only, so
 * that the work is spread, and then whatever others have left undone. Each node of the store has rounds of its own: a silent one keeps
 * nothing of the others waiting.
 */
export class DeadReplicaRecovery {
  readonly #dead: string
  readonly #options: DeadReplicaRecoveryOptions
  /** Those in which nothing failed. */
  readonly #rounds: Record<Phase, number> = { open: 0, closed: 0 }
  /** Nodes of which this replica has done its share. */
  readonly #shared: Record<Phase, Set<string>> = { open: new Set(), closed: new Set() }
  /** Sessions that could not be asked about. They come last: others of their node may well be there. */
  readonly #unreached = new Set<string>()
  /** All sessions that were found listed. */
  readonly #seen = new Set<string>()
  #openUntil: number

  constructor(dead: string, options: DeadReplicaRecoveryOptions) {
    this.#dead = dead
    this.#options = options
    this.#openUntil = options.clock.now() + options.leaseMs
  }

  /** Resolves once nothing is left, or the replica turned out to be alive. Never rejects. */
  async run(): Promise<void> {
    const { clock, leaseMs, log, meter, signal } = this.#options
    while (!signal.aborted) {
      const phase = clock.now() < this.#openUntil ? 'open' : 'closed'
      let pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#rounds[phase], leaseMs)
      try {
        if (await this.#round(phase)) return
      } catch (err) {
        if (!(err instanceof StoreUnavailable)) meter.caught(1, { door: 'takeover' })
        log[retryLevel(err)]({ err, dead: this.#dead }, 'taking over from a dead replica failed, trying again')
        this.#openUntil = clock.now() + leaseMs // its calls may have been held up, too
        pauseMs = FIRST_PAUSE_MS
      }
      await delay(clock, pauseMs, signal).catch(() => {})
    }
  }

  /** One look through the list; true where there is nothing to come back for. */
  async #round(phase: Phase): Promise<boolean> {
    const { membership, detector, nodeOf } = this.#options
    const dead = this.#dead
    const tracked = await membership.sessionsOf(dead)
    if (tracked.length === 0 && (await membership.remove(dead))) {
      detector.forget(dead)
      await this.#lookAt([...this.#seen])
      return true
    }
    const isFirst = this.#rounds.open === 0 && this.#shared.open.size === 0
    if (!isFirst && !(await detector.isDead(dead))) {
      detector.revive(dead)
      return true
    }
    await this.#readMembers()
    await inGroups(
      tracked,
      ({ sessionId }) => nodeOf(sessionId),
      (ofNode, node) => this.#takeAll(ofNode, node, phase),
    )
    this.#rounds[phase]++
    return false
  }

  /** One that has just started takes its share, too. */
  async #readMembers(): Promise<void> {
    const { detector, clock } = this.#options
    try {
      await within(clock, MEMBERS_MS, detector.readMembers())
    } catch (err) {
      if (!(err instanceof StoreUnavailable)) throw err
    }
  }

  async #takeAll(tracked: readonly TrackedSession[], node: string, phase: Phase): Promise<void> {
    const isFirst = !this.#shared[phase].has(node)
    await concurrently(AT_ONCE, this.#due(tracked, phase, isFirst), (sessionId) =>
      this.#take(sessionId, phase, isFirst),
    )
    this.#shared[phase].add(node)
    const unseen = tracked.map(({ sessionId }) => sessionId).filter((sessionId) => !this.#seen.has(sessionId))
    for (const sessionId of unseen) this.#seen.add(sessionId)
    await this.#lookAt(unseen)
  }

  async #lookAt(queue: string[]): Promise<void> {
    await concurrently(AT_ONCE, queue, (sessionId) => this.#options.look(sessionId))
  }

  /** The last comes first. */
  #due(tracked: readonly TrackedSession[], phase: Phase, isFirst: boolean): string[] {
    const { address, detector } = this.#options
    const heirs = [address, ...detector.heirs.filter((other) => other !== this.#dead)].sort()
    const due = tracked
      .filter(({ taken }) => phase === 'closed' || !taken)
      .map(({ sessionId }) => sessionId)
      .filter((sessionId) => !isFirst || rendezvous(sessionId, heirs) === address)
    return [...due.filter((one) => this.#unreached.has(one)), ...due.filter((one) => !this.#unreached.has(one))]
  }

  async #take(sessionId: string, phase: Phase, isFirst: boolean): Promise<void> {
    const { membership } = this.#options
    const dead = this.#dead
    const isTaken = await this.#adopts(sessionId, isFirst && phase === 'open')
    if (phase === 'closed') await membership.untrack(sessionId, dead)
    else if (isTaken) await membership.take(sessionId, dead)
  }

  /**
   * A bug at one session holds up no other. `isLikely`: at first nearly every session has an answer; later hardly one, and to
   * take it reads the whole session.
   */
  async #adopts(sessionId: string, isLikely: boolean): Promise<boolean> {
    const { adopt, ownerOf, remind, log, meter } = this.#options
    const dead = this.#dead
    this.#unreached.delete(sessionId)
    try {
      const owner = isLikely ? dead : await ownerOf(sessionId)
      if (owner === dead) return await adopt(sessionId, dead)
      if (owner !== null) await remind(sessionId, owner)
      return false
    } catch (err) {
      if (err instanceof StoreUnavailable) {
        this.#unreached.add(sessionId)
        throw err
      }
      meter.caught(1, { door: 'takeover' })
      log.error({ err, session: sessionId, dead }, 'an answer of a dead replica cannot be taken over')
      return false
    }
  }
}
