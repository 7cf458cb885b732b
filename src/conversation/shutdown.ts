import { type Clock, delay } from '../ports/clock.ts'
import type { ReplicaLink } from '../ports/replica-link.ts'
import type { Roster } from '../ports/roster.ts'
import type { TokenSource } from '../ports/token-source.ts'
import type { Answering } from './answering.ts'
import type { Enlistment } from './enlistment.ts'
import type { Feeds } from './feeds.ts'
import type { Keeper } from './keeper.ts'
import type { OwnedAnswer } from './owned-answer.ts'
import { rendezvous } from './rendezvous.ts'
import type { Takeover } from './takeover.ts'
import type { Watchtower } from './watchtower.ts'

/** How long, at the end, answers may take to have their text stored, in milliseconds. */
const DETACH_MS = 2000

export interface ShutdownOptions {
  readonly address: string
  readonly source: TokenSource
  readonly answering: Answering
  readonly takeover: Takeover
  readonly watchtower: Watchtower
  readonly enlistment: Enlistment
  readonly keeper: Keeper
  readonly feeds: Feeds
  readonly roster: Roster
  readonly link: ReplicaLink
  readonly clock: Clock
}

/** How a replica goes: its answers first, then the replica itself. */
export class Shutdown {
  readonly #options: ShutdownOptions

  constructor(options: ShutdownOptions) {
    this.#options = options
  }

  /** Lets answers finish for half of `withinMs`, then hands what still runs over to other replicas (F5). */
  async drain(withinMs: number): Promise<void> {
    const { address, source, answering, takeover, watchtower, link, clock } = this.#options
    takeover.retire()
    await watchtower.readMembers().catch(() => {}) // who has just started may be the only heir
    for (const other of watchtower.others) link.send(other, { kind: 'draining', replica: address })
    // What can be reattached to is handed over at once: it costs nothing. The rest may finish if it is quick.
    const patienceMs = source.resumes === 'reattach' ? 0 : withinMs / 2
    const patience = new AbortController()
    await Promise.race([answering.idle(), delay(clock, patienceMs, patience.signal)])
    patience.abort()
    if (watchtower.heirs.length === 0) return answering.idle()
    await Promise.all(answering.running.map((answer) => this.#handOver(answer)))
  }

  async #handOver(answer: OwnedAnswer): Promise<void> {
    const { address, answering, watchtower, link } = this.#options
    await answering.detach(answer)
    const { sessionId } = answer
    const heir = rendezvous(sessionId, watchtower.heirs)
    if (heir !== undefined) link.send(heir, { kind: 'handover', sessionId, owner: address })
  }

  /** Stops everything, and leaves what still runs for whoever comes next. */
  async close(): Promise<void> {
    const { answering, takeover, watchtower, enlistment, keeper, feeds, roster, clock } = this.#options
    const detached = answering.running.map((answer) => answering.detach(answer))
    const entered = enlistment.close()
    await Promise.race([Promise.all([entered, ...detached]), delay(clock, DETACH_MS, new AbortController().signal)])
    watchtower.stop()
    takeover.stop()
    keeper.close()
    feeds.close()
    await roster.leave()
  }
}
