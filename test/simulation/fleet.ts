import { FailureDetector } from '../../src/conversation/failover/failure-detector.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Membership } from '../../src/ports/membership.ts'
import { noMeter } from '../../src/ports/meter.ts'
import { SimulatedBus } from './bus.ts'
import { clockOf } from './clock.ts'
import { Life } from './life.ts'
import { MembershipTable, wiredMembership } from './membership.ts'
import { Mischief } from './mischief.ts'
import { type Plan, planOf } from './plan.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { Weather } from './weather.ts'
import { Wire } from './wire.ts'

export const LEASE_MS = 1500
/** Longer than a lease: before, nobody's absence counts. */
const SETTLED_MS = 4000
const WATCHED_MS = 6000
/** Within this every death is to be known everywhere. */
const LIMIT_MS = 20_000

/** What a fleet of failure detectors costs and does, on simulated time. */
export interface FleetFigures {
  readonly replicas: number
  /** A second, of the whole fleet, by what is asked of the store. */
  readonly calls: Readonly<Record<string, number>>
  /** Addresses of the `replicas` set that are read, a second. */
  readonly addresses: number
  /** From a fault until the first and the last living replica knew of it, in milliseconds. */
  readonly killed: Noticed
  readonly frozen: Noticed
  /** A tenth of the fleet killed in the same instant, anywhere or side by side on the ring: until every living replica knew of all of them. */
  readonly scatteredMs: number
  readonly adjacentMs: number
  /** Messages that one death took. */
  readonly messages: number
  /** Living replicas that were taken for dead. */
  readonly mistaken: number
}

interface Noticed {
  readonly firstMs: number
  readonly lastMs: number
}

interface Member {
  readonly address: string
  readonly life: Life
  readonly detector: FailureDetector
  /** Whom it takes for dead, and since when. */
  readonly deaths: Map<string, number>
}

/** The failure detectors of so many replicas, all of which own answers, before one store: the production code, and no sessions. */
export class Fleet {
  readonly #scheduler = new Scheduler()
  readonly #table: MembershipTable
  readonly #plan: Plan
  readonly #members: Member[] = []
  readonly #bus: SimulatedBus
  readonly #random: Random
  readonly #counts = new Map<string, number>()
  #sent = 0

  constructor(replicas: number, seed: number) {
    this.#plan = {
      ...planOf(seed),
      replicas,
      leaseMs: LEASE_MS,
      rates: NOTHING,
      faults: [],
      glances: false,
      spared: [],
    }
    this.#random = new Random(seed)
    const lives = new Map<string, Life>()
    this.#table = new MembershipTable(this.#scheduler, LEASE_MS, (address) => lives.get(address)?.state !== 'dead')
    this.#bus = new SimulatedBus({ ...this.#parts(), random: this.#random.fork() })
    for (let i = 0; i < replicas; i++) {
      const member = this.#member(i)
      lives.set(member.address, member.life)
      this.#members.push(member)
    }
  }

  async play(): Promise<FleetFigures> {
    await this.#settle()
    this.#counts.clear()
    await this.#until(SETTLED_MS + WATCHED_MS)
    const perSecond = (count: number) => Math.round((count / WATCHED_MS) * 1000)
    const { addresses = 0, ...calls } = Object.fromEntries(
      [...this.#counts].map(([name, count]) => [name, perSecond(count)]),
    )
    const sent = this.#sent
    const killed = await this.#strike([0], (life) => life.end())
    const messages = this.#sent - sent
    const frozen = await this.#strike([1], (life) => life.freeze())
    const tenth = Math.max(1, Math.floor(this.#members.length / 10))
    const adjacent = await this.#strike(range(2, tenth), (life) => life.end())
    const scattered = await this.#strike(this.#anyOf(tenth), (life) => life.end())
    const gone = new Set(this.#members.filter(({ life }) => life.state !== 'alive').map(({ address }) => address))
    const mistaken = this.#members.flatMap(({ deaths }) => [...deaths.keys()].filter((address) => !gone.has(address)))
    return {
      replicas: this.#members.length,
      calls,
      addresses,
      killed,
      frozen,
      scatteredMs: scattered.lastMs,
      adjacentMs: adjacent.lastMs,
      messages,
      mistaken: mistaken.length,
    }
  }

  /** So many, side by side on the ring, are killed in the same instant: the milliseconds until every living one knew of all of them. */
  async blackout(count: number): Promise<number> {
    await this.#settle()
    return (await this.#strike(range(0, count), (life) => life.end())).lastMs
  }

  async #settle(): Promise<void> {
    for (const { address } of this.#members) this.#table.listOf(address).set('a session', { taken: false })
    for (const { detector, life } of this.#members) {
      this.#scheduler.at(this.#random.between(0, 1000), () => detector.start(), life)
    }
    await this.#until(SETTLED_MS)
  }

  /** Strikes so many at once, and waits until all who live know of all of them. */
  async #strike(numbers: readonly number[], blow: (life: Life) => void): Promise<Noticed> {
    const struck = this.#members.filter((_, i) => numbers.includes(i))
    const at = this.#scheduler.now
    for (const { life } of struck) blow(life)
    const living = this.#members.filter(({ life }) => life.state === 'alive')
    const isKnown = () => living.every(({ deaths }) => struck.every(({ address }) => deaths.has(address)))
    await this.#until(at + LIMIT_MS, isKnown)
    if (!isKnown()) throw new Error(`not all deaths are known within ${LIMIT_MS} ms of ${at}, seed ${this.#plan.seed}`)
    const times = living.flatMap(({ deaths }) => struck.map(({ address }) => (deaths.get(address) ?? 0) - at))
    await this.#until(this.#scheduler.now + LEASE_MS)
    return { firstMs: Math.min(...times), lastMs: Math.max(...times) }
  }

  /** Of those that live. */
  #anyOf(count: number): number[] {
    const living = this.#members.flatMap(({ life }, i) => (life.state === 'alive' ? [i] : []))
    return Array.from({ length: count }, () => living.splice(this.#random.int(0, living.length - 1), 1)[0] ?? 0)
  }

  #until(time: number, isOver = () => false): Promise<void> {
    return this.#scheduler.run(isOver, time)
  }

  #parts() {
    const scheduler = this.#scheduler
    const [weather, mischief] = [new Weather(scheduler), new Mischief(this.#plan, scheduler)]
    return { scheduler, weather, mischief, trace: null }
  }

  #member(number: number): Member {
    const scheduler = this.#scheduler
    const address = `r${String(number + 1).padStart(4, '0')}.00000000`
    const life = new Life(scheduler)
    const wire = new Wire({
      ...this.#parts(),
      name: address,
      replica: number,
      life,
      random: this.#random.fork(),
      glances: false,
      die: () => {},
      timeoutMs: LEASE_MS,
    })
    const deaths = new Map<string, number>()
    const bus = this.#bus.busOf(address, number, life)
    const detector = new FailureDetector({
      address,
      membership: this.#counted(wiredMembership(this.#table, wire, address)),
      bus: { ...bus, send: (to, message) => this.#send(() => bus.send(to, message)) },
      clock: clockOf(scheduler, life),
      meter: noMeter,
      log: silentLog,
      leaseMs: LEASE_MS,
      onDeath: (dead) => deaths.set(dead, scheduler.now),
      onLapse: () => {},
    })
    bus.receive((message) => message.kind === 'died' && detector.declareDead(message.replica))
    return { address, life, detector, deaths }
  }

  #send(send: () => void): void {
    this.#sent++
    send()
  }

  #counted(membership: Membership): Membership {
    const count = (name: string, by = 1) => this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
    return {
      ...membership,
      renew: () => {
        count('renew')
        return membership.renew()
      },
      members: async () => {
        count('members')
        const members = await membership.members()
        count('addresses', members.length)
        return members
      },
      liveness: (addresses) => {
        count('liveness')
        return membership.liveness(addresses)
      },
      connected: (addresses) => {
        count('connected')
        return membership.connected(addresses)
      },
    }
  }
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
const NOTHING = { refuse: 0, break: 0, straggle: 0, slow: 0, loseBusMessages: 0, slowBus: 0, model: 0, die: 0 }
