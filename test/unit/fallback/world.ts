import assert from 'node:assert/strict'
import {
  acknowledged,
  type Conversation,
  EMPTY,
  opened,
  openFailed,
  received,
  startOpening,
} from '../../../src/client/conversation-state.ts'
import type { Caller } from '../../../src/conversation/api.ts'
import { createConversations } from '../../../src/conversation/create.ts'
import type { ConversationEngine } from '../../../src/conversation/engine.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { noMeter } from '../../../src/ports/meter.ts'
import type { Model } from '../../../src/ports/model.ts'
import { noLimit } from '../../../src/ports/rate-limiter.ts'
import { noRetriever } from '../../../src/ports/retriever.ts'
import type { Subscriber } from '../../../src/ports/subscriber.ts'
import type { Delta, Sent, SessionSync } from '../../../src/protocol/events.ts'
import type { Backend, Message } from '../../../src/protocol/message.ts'
import { FallbackStore } from '../../../src/store/fallback/fallback-store.ts'
import { MemorySessionStore } from '../../../src/store/memory/memory-store.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { PacedModel } from './paced-model.ts'
import { SimulatedBus } from './simulated-bus.ts'
import { MembershipTable, Wire, wiredStore } from './wire.ts'

export const ANYBODY: Caller = { user: null, clientAddress: '127.0.0.1' }
const LEASE_MS = 600
const TTL_SECONDS = 3600

export interface WorldOptions {
  readonly replicas?: number
  readonly maxBytes?: number
  readonly maxMessages?: number
  readonly resumes?: Model['resumes']
  readonly newId?: () => string
}

/** Replicas whose production code runs over faulty wires to one shared store, in time that a test moves. */
export class World {
  readonly clock = new HandClock()
  readonly newId: () => string
  shared: MemorySessionStore
  hasLost = false
  /** What was applied to the shared store, in order. */
  #calls: (() => unknown)[] = []
  readonly model: PacedModel
  readonly membership: MembershipTable
  readonly replicas: TestReplica[]
  readonly #options: WorldOptions

  constructor(options: WorldOptions = {}) {
    this.#options = options
    this.newId = options.newId ?? (() => crypto.randomUUID())
    this.shared = this.#newStore()
    this.model = new PacedModel(this.clock, options.resumes ?? 'continue')
    this.membership = new MembershipTable(this.clock, LEASE_MS)
    const bus = new SimulatedBus()
    this.replicas = Array.from(
      { length: options.replicas ?? 1 },
      (_, i) => new TestReplica(this, `r${i + 1}.a`, this.membership, bus, options),
    )
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const world = new World(options)
    await world.clock.advance(2 * LEASE_MS)
    return world
  }

  replica(number = 0): TestReplica {
    const replica = this.replicas[number]
    assert(replica)
    return replica
  }

  /** Redis has lost all data. */
  loseEverything(): void {
    this.rollBack(0)
  }

  /** Redis has lost all but the first so many calls, as with a dump that is older than it was. */
  rollBack(calls: number): void {
    this.hasLost = true
    this.shared = this.#newStore()
    this.#calls.length = Math.min(calls, this.#calls.length)
    for (const call of this.#calls) call()
  }

  get calls(): number {
    return this.#calls.length
  }

  /** Calls a method of the shared store, whatever that is by then: it may be replaced. */
  callShared(name: keyof MemorySessionStore, args: unknown[]): unknown {
    const call = () => (this.shared[name] as (...args: unknown[]) => unknown)(...args)
    this.#calls.push(call)
    return call()
  }

  stored(sessionId: string): readonly Message[] {
    const snapshot = this.shared.peek(sessionId)
    const running = snapshot?.running
    return (snapshot?.messages ?? []).map((message) =>
      message.id === running?.messageId ? { ...message, content: running.text } : message,
    )
  }

  /** Lets time pass until it has come true. */
  async until(what: string, isTrue: () => boolean, withinMs = 10_000): Promise<void> {
    for (let ms = 0; !isTrue(); ms += 10) {
      if (ms > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
      await this.clock.advance(10)
    }
  }

  async close(): Promise<void> {
    for (const replica of this.replicas) replica.wire.weather = 'refusing'
    const closed = Promise.all(this.replicas.map((replica) => replica.close()))
    await this.clock.advance(10_000)
    await closed
  }

  #newStore(): MemorySessionStore {
    const { maxMessages = 100 } = this.#options
    return new MemorySessionStore({ ttlSeconds: TTL_SECONDS, maxMessages, clock: this.clock })
  }
}

export class TestReplica {
  readonly world: World
  readonly address: string
  readonly wire: Wire
  readonly store: FallbackStore
  readonly engine: ConversationEngine
  readonly followers: Follower[] = []
  /** What the sockets were told, in order. */
  readonly told: Backend[] = []

  constructor(
    world: World,
    address: string,
    membership: MembershipTable,
    bus: SimulatedBus,
    { maxBytes }: WorldOptions,
  ) {
    const { clock } = world
    this.world = world
    this.address = address
    this.wire = new Wire(clock)
    const shared = new Proxy({} as MemorySessionStore, {
      get: (_, name: keyof MemorySessionStore) => {
        const value = world.shared[name]
        return typeof value === 'function' ? (...args: unknown[]) => world.callShared(name, args) : value
      },
    })
    const wired = membership.behind(this.wire, address)
    this.store = new FallbackStore({
      shared: wiredStore(this.wire, shared),
      memory: new MemorySessionStore({ ttlSeconds: TTL_SECONDS, maxMessages: Number.MAX_SAFE_INTEGER, clock }),
      owner: address,
      maxBytes: maxBytes ?? 1_000_000,
      clock,
      log: silentLog,
      probe: () => wired.renew(),
    })
    this.engine = createConversations({
      address,
      store: this.store,
      bus: bus.busOf(address, this.wire),
      membership: this.store.wrapMembership(wired),
      sockets: { end: () => {} },
      model: world.model,
      retriever: noRetriever,
      limiter: noLimit,
      clock,
      load: { utilisation: () => 0, saturated: () => false, close: () => {} },
      random: () => 0.5,
      newId: world.newId,
      meter: noMeter,
      log: silentLog,
      settings: {
        SYSTEM_PROMPT: 'Answer.',
        LLM_MODEL: 'model',
        LLM_RETRIES: 2,
        DELTA_WINDOW_MS: 0,
        CONTEXT_MESSAGES: 20,
        CONTEXT_TOKENS: 0,
        MAX_ANSWER_BYTES: 2 ** 20,
        LLM_REASONING: 'hide',
        MAX_CONTENT_BYTES: 32768,
        SESSION_TTL: TTL_SECONDS,
        MAX_SESSIONS_PER_USER: 1000,
        TRUST_USER_ID: true,
        LEASE_MS,
      },
    })
    this.store.remember(this.engine.recall)
    this.wire.onMended = this.engine.busInterrupted
    this.store.onBackend((backend) => this.told.push(backend))
  }

  /** What its sockets know of durability. */
  get backend(): Backend {
    return this.told.at(-1) ?? 'redis'
  }

  /** A socket that opens a session; a new one where none is named. */
  async follow(sessionId?: string): Promise<Follower> {
    const follower = new Follower(this)
    await this.during(follower.open(sessionId))
    this.followers.push(follower)
    return follower
  }

  /** Lets time pass until the promise is settled, at most as long as a client may have to wait (G1). */
  async during<T>(promise: Promise<T>, withinMs = 6000): Promise<T> {
    let settled = false
    const note = () => {
      settled = true
    }
    promise.then(note, note)
    await this.world.until('it is answered', () => settled, withinMs)
    return promise
  }

  /** A client comes from another replica, with all that it holds. */
  async welcome(follower: Follower): Promise<Follower> {
    const here = follower.leaveFor(this)
    this.followers.push(here)
    await this.during(here.open(follower.sessionId))
    return here
  }

  async send(sessionId: string, content: string, id: string = this.world.newId()): Promise<Sent> {
    return this.during(this.engine.api.send(ANYBODY, { sessionId, id, content }))
  }

  async close(): Promise<void> {
    await this.engine.close().catch(() => {}) // the membership cannot be left while the store is away
    await this.store.close()
  }
}

/** A client in one session: what it holds by the rules of SPEC.md, and what it was shown that it must not be. */
export class Follower implements Subscriber {
  readonly violations: string[] = []
  readonly replica: TestReplica
  #state: Conversation = EMPTY
  /** Sessions opened again because something was missing. */
  gaps = 0
  /** How often it was given what the store holds instead of what it was told. */
  syncs = 0
  isOver = false
  /** Else the session is being opened, again where that was refused. */
  isOpen = false
  #lastOpen: Promise<void> = Promise.resolve()
  #close = () => {}

  constructor(replica: TestReplica) {
    this.replica = replica
  }

  /** Its connection is lost. Gives it as it goes on at `other`, where it is not open yet. */
  leaveFor(other: TestReplica): Follower {
    const { followers } = this.replica
    followers.splice(followers.indexOf(this), 1)
    this.#close()
    this.isOver = true
    const there = new Follower(other)
    there.#state = openFailed(this.#state)
    return there
  }

  get sessionId(): string {
    const { sessionId } = this.#state
    assert(sessionId !== null, 'not opened')
    return sessionId
  }

  get messages(): readonly Message[] {
    return this.#state.messages
  }

  message(event: { sessionId: string; message: Message }): void {
    this.#take(received(this.#state, { name: 'message', data: event }))
  }

  delta(delta: Delta): void {
    this.#checkDurable(delta)
    this.#take(received(this.#state, { name: 'delta', data: delta }))
  }

  activity(): void {}

  sync(event: SessionSync): void {
    this.syncs++
    this.#take(received(this.#state, { name: 'session:sync', data: event }))
  }

  ended(): void {
    this.isOver = true
  }

  /** One after the other, as a connection does it. */
  open(sessionId?: string): Promise<void> {
    const opened = this.#lastOpen.then(() => this.#open(sessionId))
    this.#lastOpen = opened.catch(() => {})
    return opened
  }

  async #open(sessionId?: string): Promise<void> {
    this.isOpen = false
    this.#state = startOpening(this.#state)
    const request = sessionId === undefined ? {} : { sessionId }
    const reply = await this.replica.engine.api
      .open(ANYBODY, request, () => this)
      .catch((error: unknown) => {
        const { held } = this.#state
        this.#state = (held ?? []).reduce(received, { ...openFailed(this.#state), gap: false })
        if (this.#state.sessionId !== null) this.#openAgain()
        throw error
      })
    const isReplaced = sessionId !== undefined && reply.session.id !== sessionId
    assert(!isReplaced || this.replica.world.hasLost, 'a session was replaced')
    const { messages, backend } = reply
    this.isOpen = true
    this.#close = () => reply.subscription?.close()
    this.#state = opened(this.#state, { sessionId: reply.session.id, messages, durable: backend === 'redis' })
  }

  acknowledged(sessionId: string, { message, answer, persisted }: Sent): void {
    this.#take(acknowledged(this.#state, { sessionId, messages: [message, answer], persisted }))
  }

  #take(state: Conversation): void {
    this.#state = state
    if (!state.gap) return
    this.gaps++
    this.#state = { ...state, gap: false }
    void this.open(this.sessionId).catch(() => {})
  }

  #openAgain(): void {
    this.replica.world.clock.after(300, () => void this.open(this.sessionId).catch(() => {}))
  }

  /** [D1] Where `backend` was not told to be memory, what is shown is in the shared store. */
  #checkDurable({ sessionId, messageId, attempt, offset, text }: Delta): void {
    if (this.replica.backend === 'memory' || this.replica.world.hasLost) return
    const kept = this.replica.world.stored(sessionId)
    const shown = this.messages.find(({ id }) => id === messageId)
    if (shown === undefined) return // nor is it now
    if (shown.seq < (kept[0]?.seq ?? 0)) return // it was dropped as too old meanwhile
    const stored = kept.find(({ id }) => id === messageId)
    const isStored = stored !== undefined && (stored.attempt > attempt || stored.content.startsWith(text, offset))
    if (!isStored) this.violations.push(`[D1] ${offset} ${text} is not stored: ${JSON.stringify(stored)}`)
  }
}
