import type { Bus } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Recall, Recalled } from '../../ports/recall.ts'
import type { SessionSockets } from '../../ports/session-sockets.ts'
import type { Snapshot, Watch } from '../../ports/session-store.ts'
import { withRunningText } from '../../session/running-text.ts'
import type { AnswerRunner } from '../answer/answer-runner.ts'
import type { SessionCache } from '../follow/session-cache.ts'
import { copyOf, type SessionCopy } from '../follow/session-copy.ts'
import type { SessionFeeds } from '../follow/session-feeds.ts'
import type { OwnedSessions } from './owned-sessions.ts'
import type { Takeover } from './takeover.ts'

export interface RecallOptions {
  readonly address: string
  readonly runner: AnswerRunner
  readonly takeover: Takeover
  readonly ownedSessions: OwnedSessions
  readonly feeds: SessionFeeds
  readonly cache: SessionCache
  readonly bus: Bus
  readonly sockets: SessionSockets
  readonly clock: Clock
}

/** What this replica knows of its sessions, for a store that goes on without its shared one (G). */
export class ReplicaRecall implements Recall {
  readonly #options: RecallOptions
  /** Sessions of the store that go on in memory. */
  readonly #held = new Set<string>()

  constructor(options: RecallOptions) {
    this.#options = options
  }

  copyOf(sessionId: string): Recalled | undefined {
    const { cache, feeds, runner, address } = this.#options
    const copy = cache.get(sessionId)
    const own = runner.of(sessionId)
    const isAlive = own !== undefined || feeds.isFollowed(sessionId) || cache.isFresh(sessionId)
    if (copy === undefined || !isAlive) return undefined
    const running = own === undefined || own.state === 'lost' ? null : own.asRunning(address)
    return { ...whole(copy), running }
  }

  watchOf(sessionId: string): Watch | null {
    return this.#options.feeds.watchOf(sessionId)
  }

  /** What others say of such a session is of what the store holds: its return brings that (G4), and until then it would not fit. */
  holds(sessionId: string): boolean {
    return this.#held.has(sessionId)
  }

  held({ session, messages, running }: Recalled): void {
    this.#held.add(session.id)
    this.#options.feeds.rebase(session.id, withRunningText(messages, running))
  }

  interrupt(sessionId: string): void {
    const { runner } = this.#options
    const own = runner.of(sessionId)
    if (own !== undefined) runner.interrupt(own)
  }

  async returning(): Promise<void> {
    await this.#options.ownedSessions.renew()
    void this.#options.feeds.rereadAll()
  }

  async tracked<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const { ownedSessions } = this.#options
    await ownedSessions.track(sessionId)
    try {
      return await work()
    } finally {
      ownedSessions.untrack(sessionId)
    }
  }

  released(
    sessionId: string,
    snapshot: Snapshot | null,
    { after, watchers }: { readonly after: number; readonly watchers: readonly string[] },
  ): void {
    const { address, runner, takeover, feeds, cache, bus, clock } = this.#options
    this.#held.delete(sessionId)
    const own = runner.of(sessionId)
    const running = snapshot?.running ?? null
    if (own !== undefined && (running?.messageId !== own.message.id || running.owner !== address)) runner.lose(own)
    if (snapshot === null) {
      cache.drop(sessionId)
      feeds.doubt(sessionId)
      return feeds.look(sessionId) // another replica may bring it back
    }
    const { session, messages } = snapshot
    cache.set(copyOf(session, messages ?? []))
    feeds.replace(session, withRunningText(messages ?? [], running), after)
    const others = watchers.filter((watcher) => watcher !== address)
    for (const watcher of others) bus.send(watcher, { kind: 'look', sessionId })
    if (running === null) return
    if (own !== undefined && running.owner === address) runner.adoptEpoch(own, running, others)
    else clock.soon(() => takeover.meet(sessionId, running.owner))
  }

  cleared(sessionId: string): void {
    const { runner, feeds, cache, sockets } = this.#options
    this.#held.delete(sessionId)
    const own = runner.of(sessionId)
    if (own !== undefined) runner.orphan(own)
    cache.drop(sessionId)
    sockets.end(sessionId, 'cleared', 'here')
    feeds.end(sessionId)
  }
}

/** The copy without a last question of whose answer this replica has not heard yet. */
function whole({ session, messages }: SessionCopy): Omit<SessionCopy, 'weight'> {
  if (messages.at(-1)?.role !== 'user') return { session, messages }
  return { session: { ...session, lastSeq: session.lastSeq - 1 }, messages: messages.slice(0, -1) }
}
