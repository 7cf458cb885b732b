import type { Clock } from '../ports/clock.ts'
import type { Recall } from '../ports/recall.ts'
import type { ReplicaLink } from '../ports/replica-link.ts'
import type { RunningAnswer, Snapshot, Watch } from '../ports/session-store.ts'
import type { Message } from '../protocol/message.ts'
import { withRunningText } from '../session/running-text.ts'
import type { Answering } from './answering.ts'
import type { SessionCopies } from './copies.ts'
import type { Enlistment } from './enlistment.ts'
import type { Feeds } from './feeds.ts'
import type { SessionCopy } from './session-copy.ts'
import type { Takeover } from './takeover.ts'
import type { Watchtower } from './watchtower.ts'

export interface RecallOptions {
  readonly address: string
  readonly answering: Answering
  readonly takeover: Takeover
  readonly watchtower: Watchtower
  readonly enlistment: Enlistment
  readonly feeds: Feeds
  readonly copies: SessionCopies
  readonly link: ReplicaLink
  readonly clock: Clock
}

/** What this replica knows of its sessions, for a store that goes on without its shared one (G). */
export class ReplicaRecall implements Recall {
  readonly #options: RecallOptions

  constructor(options: RecallOptions) {
    this.#options = options
  }

  copyOf(sessionId: string): SessionCopy | undefined {
    return this.#options.copies.get(sessionId)
  }

  runningOf(sessionId: string): RunningAnswer | null {
    const { answering, address } = this.#options
    const own = answering.of(sessionId)
    return own === undefined || own.state === 'lost' ? null : own.asRunning(address)
  }

  watchOf(sessionId: string): Watch | null {
    return this.#options.feeds.watchOf(sessionId)
  }

  isDead(replica: string): Promise<boolean> {
    return this.#options.watchtower.isDead(replica)
  }

  held(sessionId: string, messages: readonly Message[]): void {
    this.#options.feeds.rebase(sessionId, messages)
  }

  async returning(): Promise<void> {
    await this.#options.enlistment.renew()
    void this.#options.feeds.rereadAll()
  }

  async enlisted<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const { enlistment } = this.#options
    await enlistment.enter(sessionId)
    try {
      return await work()
    } finally {
      enlistment.leave(sessionId)
    }
  }

  settled(
    sessionId: string,
    snapshot: Snapshot | null,
    { after, watchers }: { readonly after: number; readonly watchers: readonly string[] },
  ): void {
    const { address, answering, takeover, feeds, copies, link, clock } = this.#options
    const own = answering.of(sessionId)
    const running = snapshot?.running ?? null
    if (own !== undefined && (running?.messageId !== own.message.id || running.owner !== address)) answering.lose(own)
    if (snapshot === null) {
      copies.drop(sessionId)
      feeds.doubt(sessionId)
      return feeds.look(sessionId) // another replica may bring it back
    }
    const { session, messages } = snapshot
    copies.set({ session, messages: messages ?? [] })
    feeds.settle(session, withRunningText(messages ?? [], running), after)
    const others = watchers.filter((watcher) => watcher !== address)
    for (const watcher of others) link.send(watcher, { kind: 'look', sessionId })
    if (running === null) return
    if (own !== undefined && running.owner === address) answering.goOn(own, running, others)
    else clock.soon(() => takeover.meet(sessionId, running.owner))
  }
}
