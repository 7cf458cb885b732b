import type { SharedStore } from '../../src/ports/shared-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
import { SimulatedBus } from './bus.ts'
import { Client } from './client.ts'
import { clockOf } from './clock.ts'
import { History } from './history.ts'
import { MembershipTable } from './membership.ts'
import { Mischief } from './mischief.ts'
import { Provider } from './model.ts'
import type { Fault, Plan } from './plan.ts'
import { Random } from './random.ts'
import { Replica } from './replica.ts'
import { Scheduler } from './scheduler.ts'
import { Trace } from './trace.ts'
import type { Twin } from './twins.ts'
import { Weather } from './weather.ts'

const DRAIN_MS = 400
/** After this another incarnation of a replica starts that died of a mishap. */
const RESTART_MS = 300

/** Everything of one run: the replicas, their clients, and what lies between and behind them. */
export class World {
  readonly plan: Plan
  readonly twin: Twin
  readonly scheduler = new Scheduler()
  readonly random: Random
  readonly mischief: Mischief
  readonly trace: Trace | null
  readonly history: History
  readonly weather: Weather
  readonly bus: SimulatedBus
  readonly provider: Provider
  readonly store: SharedStore
  readonly membershipTable: MembershipTable
  readonly clients: readonly Client[]
  /** The present incarnation of each replica. */
  readonly replicas: Replica[] = []
  /** Of the sessions that clients share, once they have begun. */
  readonly sessionIds: (string | undefined)[] = []
  /** Messages that were acknowledged with `persisted: false`, and by whom. */
  readonly provisional: { readonly sessionId: string; readonly messageId: string; readonly by: Replica }[] = []
  #incarnations = 0

  constructor(plan: Plan, twin: Twin, traced: boolean) {
    this.plan = plan
    this.twin = twin
    this.random = new Random(plan.seed + 0xd1ce)
    this.mischief = new Mischief(plan, this.scheduler)
    this.trace = traced ? new Trace(this.scheduler) : null
    this.history = new History(this.scheduler, this.trace)
    this.weather = new Weather(this.scheduler)
    const common = { ...this, random: this.random.fork() }
    this.bus = new SimulatedBus(common)
    this.provider = new Provider({ ...common, random: this.random.fork(), flavour: plan.flavour })
    const clock = clockOf(this.scheduler, null)
    this.store = twin.sharedStore(new MemorySessionStore({ ttlSeconds: 3600, maxMessages: 100, clock }))
    this.membershipTable = new MembershipTable(
      this.scheduler,
      plan.leaseMs,
      (address) => this.#at(address)?.isConnected ?? false,
    )
    this.clients = plan.clients.map((client, i) => new Client(this, i, client))
  }

  /** Replicas that take clients, or would if they were not frozen: the load balancer does not know. */
  readonly accepting = (): readonly Replica[] => this.replicas.filter((replica) => replica.accepts)

  begin(): void {
    for (let number = 0; number < this.plan.replicas; number++) this.#startReplica(number)
    for (const client of this.clients) void client.live()
    for (const fault of this.plan.faults) this.scheduler.at(fault.at, () => this.#strike(fault), null)
  }

  #at(address: string): Replica | undefined {
    return this.replicas.find((replica) => replica.address === address)
  }

  #startReplica(number: number): void {
    const replica = new Replica(this, number, `r${number + 1}.${++this.#incarnations}`)
    this.replicas[number] = replica
    void replica.start()
  }

  #strike(fault: Fault): void {
    this.trace?.note('', `~~~ ${fault.kind}`, fault)
    if (fault.kind === 'cut') return this.clients[fault.client]?.page.cut()
    if (fault.kind === 'outage') return this.#outage(fault.mode, fault.replica, fault.forMs)
    const replica = this.replicas[fault.replica]
    if (replica === undefined || replica.life.state === 'dead') return
    switch (fault.kind) {
      case 'mute':
        return this.weather.mute(fault.replica, fault.forMs)
      case 'freeze':
        replica.freeze()
        return void this.scheduler.after(fault.forMs, () => replica.thaw(), null)
      case 'crash':
        return this.kill(replica, fault.forMs)
      case 'drain':
        return void this.#replace(replica, fault.forMs)
    }
  }

  /** Another incarnation starts after so long. */
  kill(replica: Replica, afterMs = RESTART_MS): void {
    if (replica.life.state === 'dead') return
    replica.crash()
    this.#startAnother(replica, afterMs)
  }

  async #replace(replica: Replica, afterMs: number): Promise<void> {
    await replica.drain(DRAIN_MS)
    this.#startAnother(replica, afterMs)
  }

  #startAnother(replica: Replica, afterMs: number): void {
    this.scheduler.after(
      afterMs,
      () => this.replicas[replica.number] === replica && this.#startReplica(replica.number),
      null,
    )
  }

  #outage(mode: 'refuse' | 'hang', number: number | null, forMs: number): void {
    this.weather.outage(mode, number, forMs)
    if (mode === 'hang') return
    for (const replica of this.replicas) {
      if (replica.life.state === 'dead' || (number ?? replica.number) !== replica.number) continue
      replica.disconnect('the store is gone')
      this.scheduler.after(forMs, () => replica.busAgain(), null)
    }
  }
}
