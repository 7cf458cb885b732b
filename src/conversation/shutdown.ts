import type { Bus } from '../ports/bus.ts'
import { type Clock, within } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Membership } from '../ports/membership.ts'
import type { Meter } from '../ports/meter.ts'
import type { Model } from '../ports/model.ts'
import type { AnswerRunner } from './answer/answer-runner.ts'
import type { OwnedAnswer } from './answer/owned-answer.ts'
import type { FailureDetector } from './failover/failure-detector.ts'
import type { OwnedSessions } from './failover/owned-sessions.ts'
import { rendezvous } from './failover/rendezvous.ts'
import type { Takeover } from './failover/takeover.ts'
import type { TtlRefresher } from './failover/ttl-refresher.ts'
import type { SessionFeeds } from './follow/session-feeds.ts'

/** How long, at the end, answers may take to have their text stored, in milliseconds. */
const DETACH_MS = 2000

export interface ShutdownOptions {
  readonly address: string
  readonly model: Model
  readonly runner: AnswerRunner
  readonly takeover: Takeover
  readonly detector: FailureDetector
  readonly ownedSessions: OwnedSessions
  readonly ttlRefresher: TtlRefresher
  readonly feeds: SessionFeeds
  readonly membership: Membership
  readonly bus: Bus
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
}

/** How a replica goes: its answers first, then the replica itself. */
export class Shutdown {
  readonly #options: ShutdownOptions

  constructor(options: ShutdownOptions) {
    this.#options = options
  }

  /** Lets answers finish for half of `withinMs`, then hands what still runs over to other replicas (F5). */
  async drain(withinMs: number): Promise<void> {
    const { address, model, runner, takeover, detector, bus, clock, log } = this.#options
    takeover.stopClaiming()
    await detector.readMembers().catch(() => {}) // who has just started may be the only heir
    for (const other of detector.others) bus.send(other, { kind: 'draining', replica: address })
    // What can be reattached to is handed over at once: it costs nothing. The rest may finish if it is quick.
    const patienceMs = model.resumes === 'reattach' ? 0 : withinMs / 2
    await within(clock, patienceMs, runner.idle())
    if (detector.heirs.length === 0) return runner.idle()
    const given = await Promise.all(runner.running.map((answer) => this.#handOver(answer)))
    const answers = given.filter((isGiven) => isGiven).length
    if (answers > 0) log.info({ answers }, 'answers were handed over')
  }

  /** Whether there was a replica to give it to. */
  async #handOver(answer: OwnedAnswer): Promise<boolean> {
    const { address, runner, detector, bus, meter } = this.#options
    await runner.detach(answer)
    const { sessionId } = answer
    const heir = rendezvous(sessionId, detector.heirs)
    if (heir === undefined) return false
    bus.send(heir, { kind: 'handover', sessionId, owner: address })
    meter.handovers(1)
    return true
  }

  /** Stops everything, and leaves what still runs for the next replica. */
  async close(): Promise<void> {
    const { runner, takeover, detector, ownedSessions, ttlRefresher, feeds, membership, clock } = this.#options
    const detached = runner.running.map((answer) => runner.detach(answer))
    const entered = ownedSessions.close()
    await within(clock, DETACH_MS, Promise.all([entered, ...detached]))
    detector.stop()
    takeover.stop()
    ttlRefresher.close()
    feeds.close()
    await membership.leave()
  }
}
