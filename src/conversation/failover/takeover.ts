import type { Bus } from '../../ports/bus.ts'
import { type Clock, delay, isoNow } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Membership } from '../../ports/membership.ts'
import type { Meter } from '../../ports/meter.ts'
import type { Begun } from '../../ports/quotas.ts'
import {
  type Claimed,
  isSameState,
  type RunningAnswer,
  type SessionStore,
  type Snapshot,
  STORE_RETRY_MS,
  type StoredSession,
  StoreUnavailable,
} from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { concurrently, inGroups } from '../../session/concurrently.ts'
import { interruptedUnknown } from '../../session/interruptions.ts'
import type { AnswerPublisher } from '../answer/answer-publisher.ts'
import type { AnswerRunner } from '../answer/answer-runner.ts'
import { OwnedAnswer } from '../answer/owned-answer.ts'
import type { SessionCache } from '../follow/session-cache.ts'
import { copyOf, type SessionCopy } from '../follow/session-copy.ts'
import type { SessionFeeds } from '../follow/session-feeds.ts'
import { DeadReplicaRecovery } from './dead-replica-recovery.ts'
import type { FailureDetector } from './failure-detector.ts'
import type { OwnedSessions } from './owned-sessions.ts'
import type { RecentTakeovers } from './recent-takeovers.ts'
import { UnansweredClaims } from './unanswered-claims.ts'

/** Sessions of one node of the store that are looked after at the same time: those of a silent one wait for it. */
const AT_ONCE = 16

export interface TakeoverOptions {
  readonly address: string
  readonly store: SessionStore
  readonly membership: Membership
  readonly bus: Bus
  readonly runner: AnswerRunner
  readonly publisher: AnswerPublisher
  readonly ownedSessions: OwnedSessions
  readonly feeds: SessionFeeds
  readonly cache: SessionCache
  readonly detector: FailureDetector
  readonly clock: Clock
  readonly meter: Meter
  readonly recentTakeovers: RecentTakeovers
  readonly log: Log
  readonly leaseMs: number
}

/** What a claim may take. */
type Found = Snapshot & { readonly running: RunningAnswer }

/** Takes answers over from replicas that can go on no more (F2, F3). */
export class Takeover {
  readonly #options: TakeoverOptions
  readonly #stop = new AbortController()
  /** Aborted once this replica drains: it goes on with nobody's answers any more (F5). */
  readonly #draining = new AbortController()
  /** Sessions that are being looked after. */
  readonly #lookedAfter = new Set<string>()
  readonly #unanswered: UnansweredClaims

  constructor(options: TakeoverOptions) {
    this.#options = options
    this.#unanswered = new UnansweredClaims({
      ...options,
      signal: this.#stop.signal,
      takeUp: async (sessionId) => {
        const found = await this.#find(sessionId, options.address)
        return found && this.#claim(found, options.address)
      },
    })
  }

  /** Takes over what a dead replica had, with the others that are left. Never rejects. */
  recover(dead: string): Promise<void> {
    const { signal } = this.#draining
    if (signal.aborted) return Promise.resolve()
    return new DeadReplicaRecovery(dead, {
      ...this.#options,
      signal,
      nodeOf: (sessionId) => this.#options.store.nodeOf(sessionId),
      ownerOf: (sessionId) => this.#ownerOrEnd(sessionId),
      adopt: (sessionId, owner) => this.adopt(sessionId, owner),
      remind: (sessionId, owner) => this.#remind(sessionId, owner),
      look: (sessionId) => this.#options.feeds.lookAtRest(sessionId),
    }).run()
  }

  /** This replica drains: the others go on with what it meets. */
  stopClaiming(): void {
    this.#draining.abort()
  }

  /**
   * Takes the session's running answer from `owner`, and gives whether that still had it. Rejects where the store is away, or
   * this replica is going.
   */
  async adopt(sessionId: string, owner: string): Promise<boolean> {
    const { ownedSessions, address } = this.#options
    this.#checkSight()
    if (this.#draining.signal.aborted && owner !== address) throw new StoreUnavailable('this replica is going')
    const isUnaware = !ownedSessions.has(sessionId)
    await ownedSessions.track(sessionId)
    let isClaimed = false
    try {
      const found = await this.#find(sessionId, owner, isUnaware)
      isClaimed = found !== null
      const isTaken = found !== null && (await this.#claim(found, owner)) !== null
      if (!isTaken) ownedSessions.untrack(sessionId)
      return isTaken
    } catch (error) {
      if (isClaimed) void this.#unanswered.resolve(sessionId, null)
      else ownedSessions.untrack(sessionId, false) // its caller tries again, or nobody has to
      throw error
    }
  }

  /**
   * The session, where `owner` has its running answer and this replica is to claim it. `isUnaware`: nothing of the session is this
   * replica's, as far as it knows. Then an answer that is has been claimed by a call that was given up, and arrived late (found
   * by the simulation, seed 341396320).
   */
  async #find(sessionId: string, owner: string, isUnaware = false): Promise<Found | null> {
    const { store, address, runner } = this.#options
    const snapshot = await store.read({ sessionId, after: 0 })
    this.#checkSight()
    const running = snapshot?.running ?? null
    if (snapshot === null || running === null || runner.has(sessionId, running.epoch)) return null
    if (running.owner !== owner && !(isUnaware && running.owner === address)) return null
    if (running.owner === address && (await this.#isBegunHere(sessionId, running.epoch))) return null
    return { ...snapshot, running }
  }

  /** The answer, where it is this replica's now by this very call. */
  async #claim(found: Found, owner: string): Promise<Message | null> {
    const { store, address, bus, runner, cache } = this.#options
    const { id: sessionId } = found.session
    const { epoch } = found.running
    const isHandedOver = this.#causeOf(owner) === 'drain'
    const claimed = await store.claim({ sessionId, epoch, owner: address, isHandedOver })
    if (claimed.kind === 'fenced') {
      this.#checkSight()
      return null
    }
    if (runner.has(sessionId, claimed.running.epoch)) return null
    bus.send(owner, { kind: 'fenced', sessionId, epoch })
    const copy = await this.#copyAfter(claimed.session, found)
    if (runner.has(sessionId, claimed.running.epoch)) return null // an equal claim had its reply meanwhile
    cache.set(copy)
    this.#goOn(claimed, copy.messages, owner)
    return claimed.message
  }

  /** Another call of this replica has begun it, or may have: its reply waits for Redis's copies (`REDIS_WAIT`), or has just come. */
  async #isBegunHere(sessionId: string, epoch: number): Promise<boolean> {
    const { clock, ownedSessions, runner } = this.#options
    await delay(clock, 0, this.#stop.signal) // who had its reply has started it by then
    return ownedSessions.isClaiming(sessionId) || runner.has(sessionId, epoch)
  }

  /** The session as a claim left it, which was read `before`: in between, another replica may have brought back what it held (G2). */
  async #copyAfter(claimed: StoredSession, before: Snapshot): Promise<SessionCopy> {
    const { session, messages } = before
    if (isSameState({ ...session, version: session.version + 1 }, claimed)) return copyOf(claimed, messages ?? [])
    const later = await this.#options.store.read({ sessionId: claimed.id, after: 0 })
    this.#checkSight()
    return copyOf(later?.session ?? claimed, later?.messages ?? [])
  }

  /** Somebody has met an answer of the session that `owner` owns: it must not be a dead one, nor this replica unawares. */
  meet(sessionId: string, owner: string): void {
    if (this.#options.runner.of(sessionId) !== undefined) return
    this.adoptIfDead(sessionId, owner).catch(() => this.lookAfter(sessionId))
  }

  /** One that was refused `epoch` may find that nobody has the answer: a failover may have undone its own claim. */
  async afterRefusal(answer: OwnedAnswer, epoch: number): Promise<void> {
    await this.#options.runner.afterRefusal(answer, epoch)
    if (answer.state === 'lost') await this.lookAfter(answer.sessionId)
  }

  /**
   * Takes the answer if its owner is dead, or if the owner is this replica by a claim whose reply was lost. For a caller who
   * meets an answer that another one owns: a client that opens a session need not wait until the death is noticed. Rejects
   * where it cannot be told whether the owner lives. Then ask again: an owner that was removed before its claim arrived is on no list.
   */
  async adoptIfDead(sessionId: string, owner: string): Promise<void> {
    const { address, detector, ownedSessions } = this.#options
    if (owner === address) {
      if (!ownedSessions.has(sessionId)) await this.adopt(sessionId, owner)
      return
    }
    const state = await detector.stateOf(owner)
    if (state === 'unknown') throw new StoreUnavailable('whether the owner lives cannot be told')
    if (state === 'dead') await this.adopt(sessionId, owner)
  }

  /**
   * Sees to it that the running answer of the session, if there is one, has an owner that produces it. A call that began or
   * claimed it may have reached the store so late that its replica was removed, or had given it up. Tries for as long as it
   * takes, for nobody else may come by. Never rejects.
   */
  async lookAfter(sessionId: string): Promise<void> {
    const { clock, log, meter, runner } = this.#options
    if (this.#lookedAfter.has(sessionId)) return
    this.#lookedAfter.add(sessionId)
    while (!this.#stop.signal.aborted) {
      const own = runner.of(sessionId)
      if (own !== undefined && own.state !== 'lost') break
      try {
        await this.#look(sessionId)
        break
      } catch (err) {
        if (!(err instanceof StoreUnavailable)) {
          meter.caught(1, { door: 'takeover' })
          log.error({ err, session: sessionId }, 'an answer cannot be looked after')
          break
        }
        log.debug({ err, session: sessionId }, 'an answer could not be looked after')
        await delay(clock, STORE_RETRY_MS, this.#stop.signal).catch(() => {})
      }
    }
    this.#lookedAfter.delete(sessionId)
  }

  async #look(sessionId: string): Promise<void> {
    const owner = await this.#ownerOf(sessionId)
    if (owner !== null) await this.#remind(sessionId, owner)
  }

  async #remind(sessionId: string, owner: string): Promise<void> {
    const { address, bus } = this.#options
    if (owner !== address) bus.send(owner, { kind: 'watch', sessionId, watcher: address })
    await this.adoptIfDead(sessionId, owner)
  }

  /** Who owns the session's running answer; null where none runs. */
  async #ownerOf(sessionId: string): Promise<string | null> {
    const snapshot = await this.#options.store.read({ sessionId, after: Number.MAX_SAFE_INTEGER })
    this.#checkSight()
    return snapshot?.running?.owner ?? null
  }

  /**
   * The store may have lost what it took last, because a failover went to a node that lagged behind: the end of an answer, too,
   * and then nobody has that answer. Never rejects.
   */
  async lookAfterEnded(): Promise<void> {
    const { ownedSessions, store } = this.#options
    const nodeOf = (sessionId: string) => store.nodeOf(sessionId)
    await inGroups(ownedSessions.ended, nodeOf, (ended) =>
      concurrently(AT_ONCE, ended, (sessionId) => this.lookAfter(sessionId)),
    )
  }

  /** `#ownerOf` of a session that a dead replica had: where its slot was lost, its answer is nobody's, and ends (G6). */
  async #ownerOrEnd(sessionId: string): Promise<string | null> {
    const { store } = this.#options
    const snapshot = await store.read({ sessionId, after: Number.MAX_SAFE_INTEGER })
    this.#checkSight()
    if (snapshot === null || snapshot.running !== null) return snapshot?.running?.owner ?? null
    const { lastSeq, version } = snapshot.session
    const later = await store.read({ sessionId, after: lastSeq - 1 })
    this.#checkSight()
    const last = later?.messages?.at(-1)
    if (later?.session.version === version && last?.status === 'streaming') await this.#end(later.session, last)
    return later?.running?.owner ?? null
  }

  /** Ends an answer without a slot. What was shown of it is lost: a higher attempt makes clients drop it (D3). */
  async #end({ id: sessionId, userId, version }: StoredSession, answer: Message): Promise<void> {
    const { store, clock, publisher } = this.#options
    const metadata = { ...answer.metadata, ...interruptedUnknown('lost') }
    const message: Message = { ...answer, attempt: answer.attempt + 1, status: 'error', metadata }
    const finished = await store.finish({ sessionId, epoch: version, message, at: isoNow(clock) })
    if (finished.kind === 'fenced') return
    publisher.interrupted({ id: sessionId, userId }, { message, version: version + 1 }, finished.watchers)
  }

  /** A claim of this replica got no reply, as `UnansweredClaims.resolve`. */
  resolveUnansweredClaim(sessionId: string, answer: Begun | null): Promise<boolean> {
    return this.#unanswered.resolve(sessionId, answer)
  }

  stop(): void {
    this.#draining.abort()
    this.#stop.abort()
  }

  /**
   * While sessions are served from memory (G1), what others own cannot be seen: that nothing was found does not mean that
   * there is nothing. To be called after a look, because it may have waited until memory answered it.
   */
  #checkSight(): void {
    if (this.#options.store.backend === 'memory') throw new StoreUnavailable('what others own cannot be seen')
  }

  /** Everybody who may have missed the end of what is stored is told it, then the answer goes on. */
  #goOn(claimed: Claimed, messages: readonly Message[], owner: string): void {
    const { feeds, runner, detector, address, clock, meter, log, recentTakeovers } = this.#options
    const answer = ownedBy(claimed, address)
    const { sessionId } = answer
    const { seq, id } = answer.message
    const { takeovers } = claimed.running
    const message = { ...answer.message, content: answer.stored }
    feeds.message(sessionId, { message, version: answer.epoch }, answer.watchers)
    const before = messages.filter((message) => message.seq < seq)
    answer.silentSince = detector.deadSince(owner) ?? clock.now()
    const outcome = runner.resume(answer, before, claimed.running)
    const cause = this.#causeOf(owner)
    const characters = answer.stored.length
    log.info({ session: sessionId, message: id, takeovers, owner, cause, outcome, characters }, 'took an answer over')
    meter.takeovers(1, { cause, outcome })
    answer.trace.takenOver(owner, cause, outcome)
    recentTakeovers.add({ sessionId, messageId: id, from: owner, cause, outcome })
  }

  #causeOf(owner: string): 'death' | 'drain' | 'reclaim' {
    if (owner === this.#options.address) return 'reclaim'
    return this.#options.detector.isDraining(owner) ? 'drain' : 'death'
  }
}

/** The answer as its new owner has it. */
export function ownedBy(
  { session: { id: sessionId, userId }, running, message, watchers }: Claimed,
  address: string,
): OwnedAnswer {
  const { epoch, startedAt, contributors, text, bookmark, attempt } = running
  return new OwnedAnswer({
    sessionId,
    userId,
    message: { ...message, attempt },
    epoch,
    startedAt,
    contributors,
    text,
    bookmark,
    watchers: watchers.filter((watcher) => watcher !== address),
  })
}
