import type { ConversationApi } from '../../src/conversation/api.ts'
import { createConversations } from '../../src/conversation/create.ts'
import type { ConversationEngine } from '../../src/conversation/engine.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Log } from '../../src/ports/log.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Membership } from '../../src/ports/membership.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { noLimit } from '../../src/ports/rate-limiter.ts'
import { noRetriever } from '../../src/ports/retriever.ts'
import type { SharedStore } from '../../src/ports/shared-store.ts'
import type { Backend } from '../../src/protocol/message.ts'
import { FallbackStore } from '../../src/store/fallback/fallback-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { clockOf } from './clock.ts'
import { Life } from './life.ts'
import type { Line } from './line.ts'
import { wiredMembership } from './membership.ts'
import type { Trace } from './trace.ts'
import { Wire } from './wire.ts'
import { wiredStore } from './wired-store.ts'
import type { World } from './world.ts'

const SESSION_TTL = 3600

/** One incarnation of a replica: the production code of the conversations between ports of the simulation. */
export class Replica {
  readonly address: string
  /** Counted from 0. */
  readonly number: number
  readonly life: Life
  readonly lines = new Set<Line>()
  readonly #world: World
  readonly #wires: readonly Wire[]
  #engine: ConversationEngine | null = null
  #accepts = false
  /** It is or was without the store: what its clients are shown may be provisional (G5). */
  wasAlone = false
  /** All that it has acknowledged is in the store, as far as it has said. */
  isDurable = true

  constructor(world: World, number: number, address: string) {
    this.#world = world
    this.number = number
    this.address = address
    this.life = new Life(world.scheduler)
    this.#wires = Array.from({ length: world.plan.cluster ? 2 : 1 }, () => this.#wire())
  }

  /** Takes clients. */
  get accepts(): boolean {
    return this.#accepts
  }

  get api(): ConversationApi {
    if (this.#engine === null) throw new Error('a client reached a replica that has not started')
    return this.#engine.api
  }

  get answersRunning(): number {
    return this.#engine?.answersRunning() ?? 0
  }

  /** The connections that others feel stand: they fall with the process or its network, but not when it freezes. */
  get isConnected(): boolean {
    return this.life.state !== 'dead' && !this.#world.weather.refuses(this.number)
  }

  /** Enters the membership for as long as it takes, as the composition root does before it takes clients. */
  async start(): Promise<void> {
    const { plan, scheduler, random, store, membershipTable, bus, provider, history, mischief, trace, twin } =
      this.#world
    const { address, life } = this
    const [sessionWire, membershipWire = sessionWire] = this.#wires
    if (sessionWire === undefined || membershipWire === undefined) return
    const membership = twin.membership(wiredMembership(membershipTable, membershipWire, address))
    while (
      !(await membership.renew().then(
        () => true,
        () => false,
      ))
    )
      await scheduler.pause(20, life)
    const wired = wiredStore({ store, wire: sessionWire, history, mischief, random: random.fork(), address })
    const shared = twin.replicaStore(wired)
    const log = trace === null ? silentLog : tracedLog(trace, address)
    const clock = clockOf(scheduler, life)
    const fallback = plan.fallback ? fallbackOf(shared, membership, clock, log, address) : null
    const dice = random.fork()
    this.#engine = createConversations({
      address,
      store: fallback ?? shared,
      bus: bus.busOf(address, this.number, life),
      membership: fallback?.wrapMembership(membership) ?? membership,
      sockets: { end: () => {} },
      model: provider.sourceFor(life, address),
      retriever: noRetriever,
      limiter: noLimit,
      clock,
      load: { utilisation: () => plan.utilisation, saturated: () => false, close: () => {} },
      random: dice.next,
      newId: dice.uuid,
      meter: noMeter,
      log,
      settings: {
        SYSTEM_PROMPT: 'Answer.',
        LLM_MODEL: 'model',
        LLM_RETRIES: 2,
        DELTA_WINDOW_MS: plan.windowMs,
        CONTEXT_MESSAGES: 100,
        CONTEXT_TOKENS: 0,
        MAX_ANSWER_BYTES: 2 ** 20,
        LLM_REASONING: 'hide',
        MAX_CONTENT_BYTES: 32768,
        SESSION_TTL,
        MAX_SESSIONS_PER_USER: 1000,
        TRUST_USER_ID: true,
        LEASE_MS: plan.leaseMs,
      },
    })
    fallback?.remember(this.#engine.recall)
    fallback?.onBackend((backend) => this.#backend(backend))
    this.#accepts = true
    trace?.note(address, 'has started')
  }

  #backend(backend: Backend): void {
    this.#world.trace?.note(this.address, `says that durability is ${backend === 'redis' ? 'back' : 'lost'}`)
    this.isDurable = backend === 'redis'
    for (const line of this.lines) line.tell(backend)
    for (const client of this.#world.clients) client.page.reconsider()
    if (this.isDurable) return
    this.wasAlone = true
    this.#world.history.wasAlone = true
  }

  /** Mail reaches it again. */
  busAgain(): void {
    this.#world.scheduler.after(0, () => this.#engine?.busInterrupted(), this.life)
  }

  crash(): void {
    this.#world.trace?.note(this.address, '☠ is killed')
    this.#accepts = false
    this.life.end()
    for (const wire of this.#wires) wire.sever()
    for (const line of [...this.lines]) line.break()
  }

  freeze(): void {
    if (this.life.state === 'alive') this.#world.trace?.note(this.address, '❄ is frozen')
    this.life.freeze()
  }

  thaw(): void {
    if (this.life.state !== 'frozen') return
    this.#world.trace?.note(this.address, 'goes on')
    for (const wire of this.#wires) wire.thawed()
    this.life.thaw()
  }

  /** SIGTERM (F5): clients leave in batches, answers end or are handed over, then the process exits. */
  async drain(withinMs: number): Promise<void> {
    const { trace, scheduler, random } = this.#world
    if (this.#engine === null || this.life.state === 'dead') return this.crash()
    trace?.note(this.address, 'drains')
    this.#accepts = false
    for (const line of [...this.lines]) scheduler.after(random.between(0, withinMs / 2), () => line.break(), this.life)
    const limit = scheduler.pause(withinMs, this.life)
    await Promise.race([this.#engine.drain(withinMs), limit])
    for (const line of [...this.lines]) line.break() // the gateway is closed before
    await Promise.race([this.#engine.close().catch(() => {}), scheduler.pause(200, this.life)])
    this.crash()
  }

  /** The network, or the store, drops this replica's connections. */
  disconnect(reason: string): void {
    for (const wire of this.#wires) wire.break(reason)
  }

  #wire(): Wire {
    const { scheduler, random, mischief, weather, trace, plan } = this.#world
    return new Wire({
      name: this.address,
      replica: this.number,
      life: this.life,
      scheduler,
      random: random.fork(),
      mischief,
      weather,
      trace,
      glances: plan.glances,
      die: () => this.#world.kill(this),
      timeoutMs: (plan.leaseMs * 4) / 3,
    })
  }
}

function fallbackOf(shared: SharedStore, membership: Membership, clock: Clock, log: Log, owner: string): FallbackStore {
  const memory = new MemorySessionStore({ ttlSeconds: SESSION_TTL, maxMessages: Number.MAX_SAFE_INTEGER, clock })
  return new FallbackStore({ shared, memory, owner, maxBytes: 2 ** 26, clock, log, probe: () => membership.renew() })
}

function tracedLog(trace: Trace, address: string): Log {
  const note = (fields: object, text: string) => trace.note(address, `· ${text}`, fields)
  return { debug: note, info: note, warn: note, error: note }
}
