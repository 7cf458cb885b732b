import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ReplicaLink } from '../ports/replica-link.ts'
import type { Pulse, Roster } from '../ports/roster.ts'

/** Replicas whose pulse each replica feels: enough that one death among the watchers hides no other, however many there are. */
const NEIGHBOURS = 2
const FEEL_MS = 40
const MEMBERS_MS = 500

/** `unknown`: what this replica sees does not count, or it cannot tell one that is coming back from one that is gone. */
export type Standing = 'alive' | 'dead' | 'unknown'

export interface WatchtowerOptions {
  readonly address: string
  readonly roster: Roster
  readonly link: ReplicaLink
  readonly clock: Clock
  readonly log: Log
  readonly leaseMs: number
  /** A replica was found dead, here or by another one. Called once for each. */
  onDeath(replica: string): void
  /** The others may have taken this replica for dead: its lease had run out. */
  onLapse(): void
}

/**
 * Keeps this replica's lease, and notices the death of the next ones on the ring of addresses: a SIGKILL by the fall of
 * their connections, within a poll; a freeze or a lost host by their lease. Whoever notices tells the rest.
 *
 * What is seen counts only while this replica's own pulse can be felt and its own lease stands. After its start, an outage
 * of the store, or a pause of this process, everybody gets a whole lease's time to come back; who was seen connected since then and
 * is not any more is dead all the same.
 */
export class Watchtower {
  readonly #options: WatchtowerOptions
  #members: readonly string[] = []
  readonly #connected = new Set<string>()
  readonly #dead = new Set<string>()
  /** Said that they drain. */
  readonly #draining = new Set<string>()
  #trustFrom: number
  #stopped = false

  constructor(options: WatchtowerOptions) {
    this.#options = options
    this.#trustFrom = options.clock.now() + options.leaseMs
  }

  start(): void {
    this.#every(this.#options.leaseMs / 3, () => this.#options.roster.renew())
    this.#every(MEMBERS_MS, () => this.readMembers())
    this.#every(FEEL_MS, () => this.#feel())
    void this.readMembers().catch(() => {})
  }

  stop(): void {
    this.#stopped = true
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
  retire(replica: string): void {
    this.#draining.add(replica)
  }

  /** Learns who is there now. Rejects where the store is away. */
  async readMembers(): Promise<void> {
    this.#members = [...(await this.#options.roster.members())].sort()
    for (const gone of [this.#dead, this.#draining]) {
      for (const replica of gone) if (!this.#members.includes(replica)) gone.delete(replica)
    }
  }

  /** How the replica stands by what can be felt now: for whoever meets an answer of its. */
  async standingOf(replica: string): Promise<Standing> {
    const { roster, address } = this.#options
    const [own, pulse] = await roster.pulses([address, replica])
    if (own === undefined || pulse === undefined || !this.#sees(own)) return 'unknown'
    const isGone = !pulse.connected && (this.#trustsLeases || this.#dead.has(replica))
    if (isGone || !this.#lives(replica, pulse)) return 'dead'
    return pulse.connected && pulse.leased ? 'alive' : 'unknown'
  }

  /** Whether it is certain that the replica is dead. */
  async isDead(replica: string): Promise<boolean> {
    return (await this.standingOf(replica)) === 'dead'
  }

  /** Another replica found it dead, or it was buried. */
  declareDead(replica: string): void {
    if (replica === this.#options.address || this.#dead.has(replica)) return
    this.#dead.add(replica)
    this.#connected.delete(replica)
    this.#options.onDeath(replica)
  }

  /** It is buried. Where it lives on, or its last word arrives only now, it is a member again like any other. */
  forget(replica: string): void {
    this.#dead.delete(replica)
    this.#members = this.#members.filter((member) => member !== replica)
  }

  /** It lives after all. */
  revive(replica: string): void {
    this.#dead.delete(replica)
  }

  /** The next members on the ring after this one that are not known to be dead. */
  #neighbours(): readonly string[] {
    const { address } = this.#options
    const living = this.#members.filter((member) => member === address || !this.#dead.has(member))
    const at = living.indexOf(address)
    return [...living.slice(at + 1), ...living.slice(0, Math.max(at, 0))].slice(0, NEIGHBOURS)
  }

  async #feel(): Promise<void> {
    const { roster, address, log, link } = this.#options
    const neighbours = this.#neighbours()
    if (neighbours.length === 0) return
    const [own, ...pulses] = await roster.pulses([address, ...neighbours])
    if (own === undefined || !this.#sees(own)) return
    for (const [i, replica] of neighbours.entries()) {
      const pulse = pulses[i]
      if (pulse === undefined || this.#lives(replica, pulse)) continue
      log.warn({ dead: replica, ...pulse }, 'a replica is dead')
      for (const other of this.others) if (other !== replica) link.send(other, { kind: 'died', replica })
      this.declareDead(replica)
    }
  }

  #lives(replica: string, { connected, leased }: Pulse): boolean {
    if (connected) this.#connected.add(replica)
    else if (this.#connected.has(replica)) return false
    return leased || !this.#trustsLeases // one that was never seen connected is just starting, or coming back
  }

  get #trustsLeases(): boolean {
    return this.#options.clock.now() >= this.#trustFrom
  }

  /** Whether what this replica sees of others counts: its own connection and lease stand. */
  #sees(own: Pulse): boolean {
    const { clock, leaseMs, onLapse } = this.#options
    if (own.connected && own.leased) return true
    if (!own.leased) onLapse()
    this.#trustFrom = clock.now() + leaseMs
    this.#connected.clear()
    return false
  }

  #every(ms: number, run: () => Promise<void>): void {
    const { clock, leaseMs } = this.#options
    const again = (): void => {
      if (this.#stopped) return
      run()
        .catch(() => {
          this.#trustFrom = clock.now() + leaseMs // the store's own log tells that it is away
          this.#connected.clear()
        })
        .finally(() => clock.after(ms, again))
    }
    clock.after(ms, again)
  }
}
