import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Membership } from '../../ports/membership.ts'
import { type Meter, noMeter } from '../../ports/meter.ts'
import type { Recall } from '../../ports/recall.ts'
import {
  type AppendItem,
  type BeginRequest,
  type ClaimRequest,
  type EndedWatch,
  type FindRequest,
  type FinishRequest,
  type MessagePageRequest,
  type NewSession,
  type OpenRequest,
  type PageRequest,
  type ReadRequest,
  type RegenerateRequest,
  type RestartRequest,
  type SessionRequest,
  type SessionStore,
  StoreUnavailable,
  type Watch,
} from '../../ports/session-store.ts'
import type { SharedStore } from '../../ports/shared-store.ts'
import type { Backend } from '../../protocol/message.ts'
import { weightOf } from '../../session/weight.ts'
import { pageOf } from '../latest-first.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import { HeldSessions } from './held-sessions.ts'
import { StoreHealth } from './store-health.ts'
import { StoreRouter } from './store-router.ts'
import { WriteBack } from './write-back.ts'

export interface FallbackOptions {
  readonly shared: SharedStore
  /** Takes the sessions while `shared` is away. */
  readonly memory: MemorySessionStore
  /** This replica's address. */
  readonly owner: string
  /** `FALLBACK_MAX_BYTES`: what all held sessions may take. */
  readonly maxBytes: number
  readonly clock: Clock
  readonly log: Log
  readonly meter?: Meter
  /** A small write to the shared store. */
  probe(): Promise<unknown>
}

/**
 * The shared store, and this replica's memory while it is away (G). A session that this replica knows is *held* from its
 * first use during an outage until everything of it has been written back; all calls for it are answered from memory until
 * then. One that it does not know is refused: the shared store may have it. What each method gives is as `SessionStore` says.
 *
 * `StoreHealth` knows whether the shared store is away, `StoreRouter` which of the two answers a call, `HeldSessions` what is
 * held, and `WriteBack` how it comes back.
 */
export class FallbackStore implements SessionStore {
  readonly #options: FallbackOptions
  readonly #held: HeldSessions
  readonly #health: StoreHealth
  readonly #router: StoreRouter
  readonly #writeBack: WriteBack
  readonly #listeners = new Set<(backend: Backend) => void>()
  #backend: Backend = 'redis'

  constructor(options: FallbackOptions) {
    const { shared, memory, maxBytes, meter = noMeter } = options
    this.#options = options
    const held = new HeldSessions(memory, maxBytes)
    const health = new StoreHealth({
      ...options,
      onAway: () => {
        meter.outages(1)
        this.#tell('memory')
      },
      onBack: () => this.#writeBack.storeBack(),
    })
    this.#held = held
    this.#health = health
    this.#router = new StoreRouter(shared, held, health)
    this.#writeBack = new WriteBack({ ...options, held, health, meter, onDone: () => this.#tell('redis') })
  }

  /** To be called once, before the first request. */
  remember(recall: Recall): void {
    this.#held.remember(recall)
  }

  /** Calls `listener` when durability is lost or back. */
  onBackend(listener: (backend: Backend) => void): void {
    this.#listeners.add(listener)
  }

  get backend(): Backend {
    return this.#backend
  }

  get isSettling(): boolean {
    return this.#health.isSettling
  }

  /** What is served from memory at the moment, and the bytes of the allowance that it takes. */
  get held(): { readonly sessions: number; readonly bytes: number } {
    return { sessions: this.#held.sessions.size, bytes: this.#held.bytes }
  }

  /**
   * A membership that goes on while the store is away: what could not be listed is listed on return (`Recall.returning`). A held
   * session stays listed: its answer may have ended here and still run in the store, and the others have to find it (F4).
   */
  wrapMembership(membership: Membership): Membership {
    return {
      track: (sessionId) =>
        this.#router.either(
          () => membership.track(sessionId),
          async () => {},
        ),
      renew: () => this.#health.observe(() => membership.renew()),
      leave: () => membership.leave(),
      take: (sessionId, replica) => membership.take(sessionId, replica),
      untrack: async (sessionId, replica) => {
        const held = replica === this.#options.owner ? this.#held.sessions.get(sessionId) : undefined
        if (held === undefined) return membership.untrack(sessionId, replica)
        held.dirty = true // its return untracks it
      },
      members: () => this.#health.observe(() => membership.members()),
      liveness: (addresses) => this.#health.observe(() => membership.liveness(addresses)),
      connected: (addresses) => this.#health.observe(() => membership.connected(addresses)),
      sessionsOf: (replica) => this.#health.observe(() => membership.sessionsOf(replica)),
      remove: (replica) => this.#health.observe(() => membership.remove(replica)),
    }
  }

  create(session: NewSession, watch: Watch | null) {
    let wasAsked = false
    const ask = () => {
      wasAsked = true
      return this.#options.shared.create(session, watch)
    }
    return this.#router.either(ask, () => this.#held.create(session, watch, wasAsked))
  }

  open(request: OpenRequest) {
    return this.#router.one(request, (store) => store.open(request))
  }

  read(request: ReadRequest) {
    return this.#router.one(request, (store) => store.read(request))
  }

  /** Of a held session that the store has, too, nobody can say that it lacks a message: others may have added it. */
  async find(request: FindRequest) {
    const found = await this.#router.one(request, (store) => store.find(request))
    const held = this.#held.sessions.get(request.sessionId)
    if (found?.messages?.length === 0 && held?.mayBeShared)
      throw new StoreUnavailable('whether there is such a message is known once the store is back')
    return found
  }

  /** Memory may have only the newest messages of a held session. */
  async page(request: MessagePageRequest) {
    const page = await this.#router.one(request, (store) => store.page(request))
    const isEmpty = page !== null && page.messages.length === 0 && this.#held.sessions.has(request.sessionId)
    if (isEmpty && page.session.firstSeq <= Math.min(request.before - 1, page.session.lastSeq))
      throw new StoreUnavailable('the older messages of the session are not in this replica’s memory')
    return page
  }

  async begin(request: BeginRequest) {
    const { message, answer } = request
    const bytes = weightOf(message) + weightOf(answer)
    const begun = await this.#beginning(request, message.id, (store) => store.begin(request), bytes)
    const held = this.#held.sessions.get(request.sessionId)
    if (begun.kind === 'repeated' && held !== undefined) {
      // The repeat is acknowledged as not persisted, so its return brings the message, too: the store may have had it and lost it.
      held.dirty = true
      held.base = { ...held.base, seq: Math.min(held.base.seq, begun.message.seq - 1) }
    }
    return begun
  }

  sent(sessionId: string, userId: string | null, messageId: string) {
    return this.#router.one({ sessionId, userId }, (store) => store.sent(sessionId, userId, messageId))
  }

  regenerate(request: RegenerateRequest) {
    const { answer } = request
    const name = `${answer.id} ${answer.attempt}`
    return this.#beginning(request, name, (store) => store.regenerate(request), weightOf(answer))
  }

  /**
   * A call that begins an answer, under a name by which its repeat is known. Where the shared store was asked and did not reply,
   * and memory has another answer by now, nobody knows whether it was carried out: it is not refused for good, nor is its repeat,
   * until Redis can tell (M2, M3).
   */
  async #beginning<T extends { readonly kind: string }>(
    request: SessionRequest,
    name: string,
    call: (store: SessionStore) => Promise<T>,
    bytes: number,
  ): Promise<T> {
    let wasAsked = false
    const ask = (store: SessionStore): Promise<T> => {
      wasAsked ||= store === this.#options.shared
      return call(store)
    }
    const reply = await this.#router.one(request, ask, bytes)
    const unanswered = this.#held.sessions.get(request.sessionId)?.unanswered
    if (wasAsked) unanswered?.add(name)
    if (reply.kind === 'busy' && unanswered?.has(name))
      throw new StoreUnavailable('whether it has begun is known once the store is back')
    return reply
  }

  nodeOf(sessionId: string) {
    return this.#options.shared.nodeOf(sessionId)
  }

  append(items: readonly AppendItem[]) {
    return this.#router.append(items)
  }

  /** Needs no room: what it adds waits in this process already, and is let go there. */
  finish(request: FinishRequest) {
    return this.#router.one(request, (store) => store.finish(request), 0)
  }

  ended(sessionId: string, messageId: string) {
    const { shared, memory } = this.#options
    return this.#held.sessions.has(sessionId) ? memory.ended() : shared.ended(sessionId, messageId)
  }

  claim(request: ClaimRequest) {
    return this.#router.one(request, (store) => store.claim(request), 0)
  }

  restart(request: RestartRequest) {
    return this.#router.one(request, (store) => store.restart(request), 0)
  }

  keep(answers: readonly { sessionId: string; epoch: number }[]) {
    return this.#router.many(
      answers,
      ({ sessionId }) => sessionId,
      (store, some) => store.keep(some),
    )
  }

  unwatch(sessionId: string, watch: EndedWatch) {
    return this.#health.observe(() => this.#options.shared.unwatch(sessionId, watch))
  }

  extend(sessionId: string) {
    return this.#router.one({ sessionId }, (store) => store.extend(sessionId))
  }

  /** A session that is held, here or perhaps by another replica, cannot be cleared yet: what it lacks may still be on its way. */
  canClear(sessionId: string) {
    return !this.#held.sessions.has(sessionId) && !this.isSettling
  }

  async clear(sessionId: string) {
    if (!this.canClear(sessionId)) throw new StoreUnavailable('the session is held in memory, or may be')
    return this.#health.observe(() => this.#options.shared.clear(sessionId))
  }

  remaining(sessionIds: readonly string[]) {
    return this.#router.many(
      sessionIds,
      (id) => id,
      (store, some) => store.remaining(some),
    )
  }

  sizeOf(sessionId: string) {
    return this.#router.one({ sessionId }, (store) => store.sizeOf(sessionId))
  }

  async sessionsOf(userId: string, page: PageRequest) {
    const { shared, memory } = this.#options
    const there = await this.#health.observe(() => shared.sessionsOf(userId, page))
    if (this.#held.sessions.size === 0) return there
    const here = await memory.sessionsOf(userId, page)
    const others = there.sessions.filter(({ id }) => !this.#held.sessions.has(id))
    const added = here.sessions.filter(({ id }) => this.#held.sessions.get(id)?.base.version === 0)
    const sessions = pageOf([...here.sessions, ...others], { ...page, before: null }) // both are below it, by their own order
    return { sessions, total: there.total + added.length }
  }

  /** None that could not be cleared: they stay in the list. */
  async trimSessionsOf(userId: string, most: number, but: string) {
    if (this.isSettling || this.#health.isAway) return []
    return this.#health.observe(() => this.#options.shared.trimSessionsOf(userId, most, but))
  }

  /** Resolves once nothing is held, which may never be. */
  async returned() {
    if (this.#held.sessions.size === 0) return
    await new Promise<void>((resolve) => this.onBackend((backend) => backend === 'redis' && resolve()))
  }

  async close() {
    const { log, shared } = this.#options
    await this.#writeBack.close()
    this.#health.close()
    if (this.#held.sessions.size > 0) log.error({ sessions: this.#held.sessions.size }, 'held sessions are lost')
    await shared.close()
  }

  #tell(backend: Backend): void {
    if (backend === this.#backend) return
    this.#backend = backend
    for (const listener of this.#listeners) listener(backend)
  }
}
