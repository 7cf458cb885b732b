import type { Bus } from '../../ports/bus.ts'
import { type Clock, exclusively, type Timer } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Liveness, Membership } from '../../ports/membership.ts'
import type { Meter } from '../../ports/meter.ts'
import { StoreUnavailable } from '../../ports/session-store.ts'

/** Replicas whose life each replica watches: enough that one death among the watchers hides no other, however many there are. */
const NEIGHBOURS = 2
/** Between two looks at the connections of neighbours that own answers. */
const CLOSE_MS = 10
/**
 * A replica that seems dead may only be coming back over new connections, which begin at once: it is looked at again after this.
 * The further neighbour waits twice as long: by then the nearer one has told, and a death is found once.
 */
const DOUBT_MS = 15

/** `unknown`: this replica cannot tell one that is coming back from one that is gone. */
export type ReplicaState = 'alive' | 'dead' | 'unknown'

export interface FailureDetectorOptions {
  readonly address: string
  readonly membership: Membership
  readonly bus: Bus
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
  readonly leaseMs: number
  /** A replica was found dead, here or by another one. Called once for each. */
  onDeath(replica: string): void
  /** The others may have taken this replica for dead: its lease had run out. */
  onLapse(): void
}

/**
 * Keeps this replica's lease, and notices the death of the next ones on the ring of addresses: a SIGKILL by the fall of
 * their connections, a freeze or a lost host by their lease. The replica that notices tells the rest. Where nothing runs there is
 * nothing to take over: the connections of a neighbour are watched closely only while it owns something, which it says
 * itself and which each look shows.
 *
 * What is seen counts only while this replica's own connections can be seen and its own lease stands. After its start, an outage
 * of the store, or a pause of this process, a missing lease proves nothing for a whole lease's time. A replica that was seen
 * connected since then and is not any more is dead all the same. In a Cluster one master alone may be away: then so much goes for the
 * replicas whose leases are there, and for no others.
 */
export class FailureDetector {
  readonly #options: FailureDetectorOptions
  #members: readonly string[] = []
  readonly #connected = new Set<string>()
  /** With the time, in epoch milliseconds, at which this replica learnt of it. */
  readonly #dead = new Map<string, number>()
  /** Said that they drain. */
  readonly #draining = new Set<string>()
  /** Neighbours that own something. */
  #owning = new Set<string>()
  #isClose = false
  /** Seem dead, and are about to be looked at again. */
  readonly #doubted = new Set<string>()
  #entries: number | null = null
  #renewedAt: number | null = null
  #beat: Timer | null = null
  /** A look that is due before the next regular one. */
  #early: Timer | null = null
  #refreshing: Promise<void> | null = null
  #trustFrom: number
  /** The same of single replicas, whose node of the store was away. */
  readonly #trustOneFrom = new Map<string, number>()
  #stopped = false

  constructor(options: FailureDetectorOptions) {
    this.#options = options
    this.#trustFrom = options.clock.now() + options.leaseMs
  }

  start(): void {
    const { clock, leaseMs } = this.#options
    const lookAround = exclusively(() => this.#try(() => this.#look()))
    const readMembers = exclusively(() => this.readMembers().catch(() => {})) // until then it goes by those it knows
    const renew = exclusively(() => this.#try(() => this.#renew()))
    let beats = 0
    this.#beat = clock.every(leaseMs / 3, () => {
      renew()
      lookAround()
      if (++beats % 3 === 0) readMembers()
    })
    void this.#try(() => this.#enter())
  }

  /** Sees who is there, and is seen: the neighbours may have read who is there before, and would guard others, or nobody. */
  async #enter(): Promise<void> {
    const { address, bus } = this.#options
    await this.readMembers()
    const neighbours = new Set([...ringFrom(address, this.others, 'back'), ...ringFrom(address, this.others, 'on')])
    for (const neighbour of neighbours) bus.send(neighbour, { kind: 'owning', replica: address })
    await this.#look()
  }

  stop(): void {
    this.#stopped = true
    this.#beat?.cancel()
    this.#early?.cancel()
  }

  /** The other replicas that live, as far as is known. */
  get others(): readonly string[] {
    return this.#members.filter((member) => member !== this.#options.address && !this.#dead.has(member))
  }

  /** Those of them that may take answers over: not those that drain, as far as is known. */
  get heirs(): readonly string[] {
    return this.others.filter((other) => !this.#draining.has(other))
  }

  /** The replica drains. */
  noteDraining(replica: string): void {
    this.#draining.add(replica)
  }

  /** This replica may own something from now on: those that would notice its death are told. */
  announce(): void {
    const { address, bus } = this.#options
    for (const guard of ringFrom(address, this.others, 'back')) bus.send(guard, { kind: 'owning', replica: address })
  }

  /** The replica may own something from now on. */
  watchOwner(replica: string): void {
    if (this.#members.includes(replica)) return this.#watchOwner(replica)
    const refreshed = () => {
      this.#refreshing = null
    }
    this.#refreshing ??= this.readMembers()
      .catch(() => {})
      .finally(refreshed) // it has just started
    void this.#refreshing.then(() => this.#members.includes(replica) && this.#welcome(replica))
  }

  /** One that has just started does not have to find out by itself who is dead. */
  #welcome(replica: string): void {
    for (const dead of this.#dead.keys()) this.#options.bus.send(replica, { kind: 'died', replica: dead })
    this.#watchOwner(replica)
  }

  #watchOwner(replica: string): void {
    if (replica === this.#options.address || this.#dead.has(replica)) return
    this.#owning.add(replica)
    void this.#watchClosely()
  }

  /** Learns who is there now. Rejects where the store is away. */
  async readMembers(): Promise<void> {
    this.#members = [...(await this.#options.membership.members())].sort()
    const { clock, leaseMs } = this.#options
    const isGone = (replica: string) => !this.#members.includes(replica)
    for (const known of [this.#dead, this.#trustOneFrom]) {
      for (const replica of known.keys()) if (isGone(replica)) known.delete(replica)
    }
    // For what was seen of one that drained, a moment before it left, it may still be judged.
    for (const replica of this.#draining) {
      if (isGone(replica)) clock.after(leaseMs, () => isGone(replica) && this.#draining.delete(replica))
    }
  }

  /** How the replica stands by what can be felt now. Asked by those that meet an answer of it. Rejects where nothing can. */
  async stateOf(replica: string): Promise<ReplicaState> {
    const [seen] = await this.#feel([replica])
    if (seen === undefined) throw new StoreUnavailable('whether the replica lives cannot be told')
    const isGone = !seen.connected && (this.#trustsLease(replica) || this.#dead.has(replica))
    if (isGone || !this.#lives(replica, seen)) return 'dead'
    return seen.connected && seen.leaseMs > 0 ? 'alive' : 'unknown'
  }

  /** Whether it is certain that the replica is dead. */
  async isDead(replica: string): Promise<boolean> {
    return (await this.stateOf(replica)) === 'dead'
  }

  /** Another replica found it dead, or it was removed. */
  declareDead(replica: string): void {
    const { address } = this.#options
    if (replica === address || this.#dead.has(replica)) return
    const wasNeighbour = ringFrom(address, this.others, 'on').includes(replica)
    this.#dead.set(replica, this.#options.clock.now())
    this.#connected.delete(replica)
    this.#options.onDeath(replica)
    // Whoever comes after it on the ring has nobody else to notice its death: many may have died together.
    if (wasNeighbour && !this.#stopped) void this.#try(() => this.#look())
  }

  /** The time, in epoch milliseconds, since which the replica is known to be dead; undefined where it is not. */
  deadSince(replica: string): number | undefined {
    return this.#dead.get(replica)
  }

  /** Whether it has said that it drains. */
  isDraining(replica: string): boolean {
    return this.#draining.has(replica)
  }

  /** It is removed. Where it lives on, or its last word arrives only now, it is a member again like any other. */
  forget(replica: string): void {
    this.#dead.delete(replica)
    this.#doubted.delete(replica)
    this.#members = this.#members.filter((member) => member !== replica)
  }

  /** It lives after all. */
  revive(replica: string): void {
    this.#dead.delete(replica)
  }

  async #renew(): Promise<void> {
    const { membership, clock, meter, log, leaseMs } = this.#options
    const entries = await membership.renew()
    const at = clock.now()
    const lateMs = Math.max(0, at - (this.#renewedAt ?? at) - leaseMs / 3)
    if (this.#renewedAt !== null) meter.leaseLateness(lateMs)
    this.#renewedAt = at
    if (entries !== (this.#entries ?? entries)) {
      log.warn({ lateMs, leaseMs }, 'the lease of this replica had run out: others may have taken its answers over')
      meter.leaseLapses(1)
      this.#distrust()
      this.#options.onLapse()
    }
    this.#entries = entries
  }

  async #look(): Promise<void> {
    const { address, clock, leaseMs } = this.#options
    const neighbours = ringFrom(address, this.others, 'on')
    if (neighbours.length === 0) return this.#owning.clear()
    const liveness = await this.#feel(neighbours)
    this.#owning = new Set(neighbours.filter((_, i) => liveness[i]?.owns))
    void this.#watchClosely()
    const ending = liveness.map((seen) => seen?.leaseMs ?? 0).filter((ms) => ms > 0 && ms < leaseMs / 3)
    // One that lives has more left: this one is frozen, and is found so as soon as its lease is over.
    this.#early?.cancel()
    this.#early =
      ending.length === 0 ? null : clock.after(Math.min(...ending) + 1, () => void this.#try(() => this.#look()))
    this.#doubt(neighbours.filter((replica, i) => !this.#lives(replica, liveness[i])))
  }

  /** Looks at the connections of neighbours that own something, for as long as there are any. */
  async #watchClosely(): Promise<void> {
    if (this.#isClose) return
    this.#isClose = true
    while (this.#owning.size > 0 && !this.#stopped) {
      const owning = [...this.#owning]
      const told = await this.#options.membership.connected(owning).catch(() => null)
      if (told === null) this.#owning.clear() // the next look shows them
      const connected = this.#noting(owning, told ?? owning.map(() => undefined))
      for (const [i, replica] of owning.entries()) if (connected[i]) this.#connected.add(replica)
      this.#doubt(owning.filter((replica, i) => !connected[i] && this.#connected.has(replica)))
      await new Promise<void>((resolve) => this.#options.clock.after(CLOSE_MS, resolve))
    }
    this.#isClose = false
  }

  #doubt(replicas: readonly string[]): void {
    for (const replica of replicas) {
      if (this.#doubted.has(replica) || this.#dead.has(replica)) continue
      this.#doubted.add(replica)
      void this.#try(() => this.#judge(replica)).finally(() => this.#doubted.delete(replica))
    }
  }

  async #judge(replica: string): Promise<void> {
    const { address, clock, meter, log, bus } = this.#options
    const between = Math.max(0, ringFrom(address, this.others, 'on').indexOf(replica))
    await new Promise<void>((resolve) => clock.after(DOUBT_MS * (1 + between), resolve))
    if (!this.#isDoubted(replica)) return
    const [seen] = await this.#feel([replica])
    if (!this.#isDoubted(replica) || seen === undefined || this.#lives(replica, seen)) return
    if (this.#hasLeft(replica, seen)) log.info({ left: replica }, 'a replica has left')
    else {
      log.warn({ dead: replica, ...seen }, 'a replica is dead')
      meter.deaths(1, { sign: seen.connected ? 'lease' : 'connection' })
    }
    for (const other of this.others) if (other !== replica) bus.send(other, { kind: 'died', replica })
    this.declareDead(replica)
  }

  /** Another one may have told of its death meanwhile, and what it left may even be done with: a death is counted once. */
  #isDoubted(replica: string): boolean {
    return this.#doubted.has(replica) && !this.#dead.has(replica)
  }

  /** It said that it drains, and has given its lease back: that is no death for operators to hear of. */
  #hasLeft(replica: string, { leaseMs }: Liveness): boolean {
    return this.#draining.has(replica) && leaseMs === 0
  }

  /** As far as is known. */
  #lives(replica: string, seen: Liveness | undefined): boolean {
    if (seen === undefined) return true
    if (seen.connected) this.#connected.add(replica)
    else if (this.#connected.has(replica)) return false
    return seen.leaseMs > 0 || !this.#trustsLease(replica) // one that was never seen connected is just starting, or coming back
  }

  #trustsLease(replica: string): boolean {
    return this.#options.clock.now() >= Math.max(this.#trustFrom, this.#trustOneFrom.get(replica) ?? 0)
  }

  /** What can be seen of others. Rejects where it does not count: this replica's own connection and lease have to stand. */
  async #feel(replicas: readonly string[]): Promise<readonly (Liveness | undefined)[]> {
    const { membership, address } = this.#options
    const [own, ...seen] = await membership.liveness([address, ...replicas])
    if (own?.connected && own.leaseMs > 0) return this.#noting(replicas, seen)
    this.#distrust()
    throw new StoreUnavailable('what this replica sees of others does not count')
  }

  /** What was seen of them. One of which nothing was gets a whole lease's time to come back. */
  #noting<T>(replicas: readonly string[], seen: readonly (T | undefined)[]): readonly (T | undefined)[] {
    const { clock, leaseMs } = this.#options
    for (const replica of replicas.filter((_, i) => seen[i] === undefined)) {
      this.#connected.delete(replica)
      this.#trustOneFrom.set(replica, clock.now() + leaseMs)
    }
    return seen
  }

  /** Everybody gets a whole lease's time to come back. */
  #distrust(): void {
    const { clock, leaseMs } = this.#options
    this.#trustFrom = clock.now() + leaseMs
    this.#connected.clear()
  }

  /** Whether it succeeded: where the store is away, its own log tells. */
  async #try(run: () => Promise<void>): Promise<boolean> {
    try {
      await run()
      return true
    } catch {
      this.#distrust()
      return false
    }
  }
}

/** The next on the ring of addresses after `address`, or before it. */
function ringFrom(address: string, others: readonly string[], way: 'on' | 'back'): readonly string[] {
  const at = others.filter((other) => other < address).length // they are sorted
  const next = [...others.slice(at), ...others.slice(0, at)]
  return way === 'on' ? next.slice(0, NEIGHBOURS) : next.slice(-NEIGHBOURS)
}
