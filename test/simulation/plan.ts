import { Random } from './random.ts'

/** How the simulated provider's answers can be gone on with: one for each value of `Model.resumes`. */
export type Flavour = 'continue' | 'reattach' | 'restart' | 'none'

/** One question and what its asker does with the answer. Times are milliseconds from the acknowledgement. */
export interface Ask {
  readonly tokens: number
  /** Between two tokens, and before the first. */
  readonly paceMs: number
  readonly thinkMs: number
  readonly stopAfterMs: number | null
  /** When the client moves to another replica. */
  readonly hopAfterMs: number | null
  /** When the client leaves, to come back only once the answer has ended (D7). */
  readonly awayAfterMs: number | null
  /** Asks for another attempt once it has ended. */
  readonly regenerate: boolean
}

export interface ClientPlan {
  /** Clients with the same number share a session. */
  readonly session: number
  readonly startAt: number
  readonly asks: readonly Ask[]
}

/** A fault at a time, for a while. Replicas and clients are counted from 0. */
export type Fault = { readonly at: number; readonly forMs: number } & (
  | { readonly kind: 'crash' | 'freeze' | 'drain'; readonly replica: number }
  /** The store, or the way of one replica to it, is away: `refuse` at once, or `hang` and apply afterwards. */
  | { readonly kind: 'outage'; readonly mode: 'refuse' | 'hang'; readonly replica: number | null }
  /** No message reaches the replica. */
  | { readonly kind: 'mute'; readonly replica: number }
  /** The client's connection breaks. */
  | { readonly kind: 'cut'; readonly client: number }
)

/** Chances of what may go wrong at any one call, note or stream. */
export interface Rates {
  /** The store refuses a call; of an append it may have applied a part. */
  readonly refuse: number
  /** The connection to the store breaks while calls are under way. */
  readonly break: number
  /** A call that a broken connection left behind is applied much later. */
  readonly straggle: number
  /** A call takes up to a hundred times longer. */
  readonly slow: number
  readonly loseBusMessages: number
  readonly slowBus: number
  /** A model's stream fails in one of its ways. */
  readonly model: number
  /** The replica dies when the store has begun, claimed, ended or brought back something, before the reply: nobody has been told of it. */
  readonly die: number
}

/** Everything that a run does, but for what its dice decide: from one seed, or what shrinking left of it. */
export interface Plan {
  readonly seed: number
  readonly replicas: number
  readonly flavour: Flavour
  readonly leaseMs: number
  readonly windowMs: number
  /** Load of every replica. */
  readonly utilisation: number
  /** Sessions and the membership lie on different nodes of a Cluster: nothing orders the calls to them. */
  readonly cluster: boolean
  /** Replicas go on alone while the store is away (G), as they do in production. */
  readonly fallback: boolean
  /** What replicas ask all the time (pulses, members, leases) mostly takes no time: those steps would be half of a run. */
  readonly glances: boolean
  readonly clients: readonly ClientPlan[]
  readonly faults: readonly Fault[]
  readonly rates: Rates
  /** From then on nothing goes wrong any more. */
  readonly calmAt: number
  /** Mishaps that the dice decided for and that are left out, by their number. */
  readonly spared: readonly number[]
}

export function planOf(seed: number): Plan {
  const random = new Random(seed)
  const replicas = random.pick([2, 2, 3, 3, 3, 4])
  const sessions = random.pick([1, 1, 1, 2])
  const clients = Array.from({ length: sessions + random.int(0, 2) }, (_, i) => clientOf(random, i % sessions))
  const faults = Array.from({ length: random.int(0, 5) }, () => faultOf(random, replicas, clients.length))
  return {
    seed,
    replicas,
    flavour: random.pick(['continue', 'continue', 'reattach', 'reattach', 'restart', 'none']),
    leaseMs: random.pick([200, 200, 300, 400, 900]),
    windowMs: random.pick([0, 25]),
    utilisation: random.pick([0, 0.4, 0.95]),
    cluster: random.chance(0.25),
    clients,
    faults,
    rates: {
      refuse: rate(random, 0.05),
      break: rate(random, 0.04),
      straggle: rate(random, 0.3),
      slow: rate(random, 0.1),
      loseBusMessages: rate(random, 0.1),
      slowBus: rate(random, 0.1),
      model: rate(random, 0.4),
      die: rate(new Random(seed + 0xdead), 0.2),
    },
    fallback: false,
    glances: false,
    calmAt: calmAfter(faults),
    spared: [],
  }
}

/** The same plan in less time: more of its steps are near a fault, and more plans can be played. */
export function denseOf(plan: Plan): Plan {
  const faults = plan.faults.map((fault) => ({ ...fault, at: fault.at / 2, forMs: fault.forMs / 3 }))
  const clients = plan.clients.map(({ session, startAt, asks }) => ({
    session,
    startAt: startAt / 4,
    asks: asks.slice(0, 2).map((ask) => ({ ...ask, paceMs: ask.paceMs / 3, thinkMs: ask.thinkMs / 3 })),
  }))
  const leaseMs = Math.min(plan.leaseMs, 300)
  return { ...plan, leaseMs, clients, faults, glances: true, calmAt: calmAfter(faults, 300) }
}

/** The same plan with replicas that go on alone, which they do only after a second without the store: outages are longer. */
export function aloneOf(plan: Plan): Plan {
  const faults = plan.faults.map((fault) => (fault.kind === 'outage' ? { ...fault, forMs: 3 * fault.forMs } : fault))
  return { ...plan, fallback: true, faults, calmAt: calmAfter(faults) }
}

function calmAfter(faults: readonly Fault[], leastMs = 600): number {
  return Math.max(leastMs, ...faults.map((fault) => fault.at + fault.forMs))
}

function clientOf(random: Random, session: number): ClientPlan {
  const asks = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => askOf(random))
  return { session, startAt: random.between(0, 400), asks: random.chance(0.15) ? [] : asks }
}

function askOf(random: Random): Ask {
  return {
    tokens: random.pick([random.int(0, 3), random.int(4, 25), random.int(4, 25)]),
    paceMs: random.pick([0, random.between(1, 10), random.between(10, 50)]),
    thinkMs: random.pick([0, random.between(1, 150)]),
    stopAfterMs: random.chance(0.15) ? random.between(0, 300) : null,
    hopAfterMs: random.chance(0.2) ? random.between(0, 300) : null,
    awayAfterMs: random.chance(0.15) ? random.between(0, 100) : null,
    regenerate: random.chance(0.2),
  }
}

function faultOf(random: Random, replicas: number, clients: number): Fault {
  const at = random.between(50, 1100)
  const replica = random.int(0, replicas - 1)
  const forMs = random.pick([random.between(1, 60), random.between(50, 500), random.between(300, 1500)])
  const kind = random.pick(['crash', 'crash', 'crash', 'freeze', 'freeze', 'drain', 'outage', 'outage', 'mute', 'cut'])
  if (kind === 'cut') return { kind, at, forMs: 0, client: random.int(0, clients - 1) }
  if (kind !== 'outage') return { kind, at, forMs, replica }
  return { kind, at, forMs, mode: random.pick(['refuse', 'hang']), replica: random.chance(0.5) ? replica : null }
}

/** Often nothing: a fault that is everywhere hides what only shows where it is not. */
function rate(random: Random, most: number): number {
  return random.chance(0.6) ? 0 : random.next() * most
}
