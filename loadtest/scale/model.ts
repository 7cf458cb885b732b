/** Fleets on paper: from what each thing costs to how much of everything there has to be. docs/scale.md has the table and where each figure comes from. */

/** What was measured, in microseconds of CPU unless it says otherwise. */
const COSTS = {
  /** Of a replica with a few hundred answers. */
  token: 25,
  /** A question with its answer's beginning and end. */
  messageApp: 840,
  messageRedis: 175,
  /** A connection with its session. */
  openApp: 700,
  openRedis: 90,
  /** A second. */
  idleSocket: 6,
  /** An append in Redis is `append` and its part of the call that it shares. */
  append: 1.8,
  appendCall: 10,
  /** A second for each running answer: its TTL is set again. */
  keep: 3,
  /** Two neighbours, 100 times a second while they own answers. */
  look: 6.5,
  looksPerSecond: 100,
  /** To one subscriber of the adapter's channel. */
  delivery: 3.4,
  /** For one session and one heir. */
  rendezvous: 0.5,
} as const

export const SIZES = {
  /** Bytes of memory of a replica that has nothing to do, of a socket before garbage is collected, and of a running answer. */
  replica: 110 * 2 ** 20,
  socket: 48 * 2 ** 10,
  answer: 37 * 2 ** 10,
  /** Bytes for a token to its client, and from its provider. */
  tokenOut: 75,
  tokenIn: 290,
  deltasPerToken: 0.45,
  /** Bytes of an append on its way to Redis. */
  append: 100,
  /** Bytes of a session's entry in a dead replica's list, and of an address in the `replicas` set. */
  listed: 45,
  address: 30,
} as const

/** What is assumed of users and of who runs it. */
const ASSUMED = {
  tokensPerSecond: 40,
  tokensPerAnswer: 400,
  /** Seconds that a socket stays. */
  socketSeconds: 1200,
  /** Share of sockets at whose end somebody clears a session. */
  cleared: 0.1,
  /** Of a core; of the memory of a replica. */
  replicaUse: 0.6,
  memoryBytes: 0.7 * 2 ** 30,
  shardUse: 0.5,
  leaseMs: 1500,
  /** Appends of one replica go out so often, at the load that this is. */
  flushesPerSecond: 28,
} as const

export interface Fleet {
  readonly sockets: number
  readonly answers: number
  readonly replicas: number
  readonly shards: number
  readonly appCores: number
  readonly redisCores: number
  /** Bits a second, to clients and from providers, and to all shards. */
  readonly out: number
  readonly in: number
  readonly toRedis: number
  /** When one replica dies: the answers that need heirs, what all heirs read of its list, and how long each of them is busy choosing. */
  readonly orphans: number
  readonly listBytes: number
  readonly choosingMs: number
  /** A second, by the one shard that serves it. */
  readonly deliveries: number
  readonly addresses: number
}

export function fleetFor(sockets: number, answers: number): Fleet {
  const tokens = answers * ASSUMED.tokensPerSecond
  const messages = tokens / ASSUMED.tokensPerAnswer
  const opens = sockets / ASSUMED.socketSeconds
  const app = tokens * COSTS.token + messages * COSTS.messageApp + opens * COSTS.openApp + sockets * COSTS.idleSocket
  const memory = sockets * SIZES.socket + answers * SIZES.answer
  const byMemory = memory / (ASSUMED.memoryBytes - SIZES.replica)
  const replicas = Math.max(3, Math.ceil(app / 1e6 / ASSUMED.replicaUse), Math.ceil(byMemory))
  const appends = tokens * SIZES.deltasPerToken
  const deliveries = 2 * opens * ASSUMED.cleared * replicas
  const other =
    messages * COSTS.messageRedis +
    opens * COSTS.openRedis +
    answers * COSTS.keep +
    replicas * COSTS.looksPerSecond * COSTS.look +
    deliveries * COSTS.delivery
  const redisWith = (shards: number) => other + appends * appendCost(appends, replicas, shards)
  let shards = 1
  while (redisWith(shards) / 1e6 / shards > ASSUMED.shardUse) shards++
  const orphans = Math.ceil(answers / replicas)
  return {
    sockets,
    answers,
    replicas,
    shards,
    appCores: app / 1e6,
    redisCores: redisWith(shards) / 1e6,
    out: 8 * tokens * SIZES.tokenOut,
    in: 8 * tokens * SIZES.tokenIn,
    toRedis: 8 * appends * SIZES.append,
    orphans,
    listBytes: orphans * SIZES.listed * (replicas - 1),
    choosingMs: (orphans * (replicas - 1) * COSTS.rendezvous) / 1000,
    deliveries,
    addresses: (replicas ** 2 * 1000) / ASSUMED.leaseMs,
  }
}

/** The more shards there are, the fewer appends of a replica share a call. */
function appendCost(appends: number, replicas: number, shards: number): number {
  const together = Math.max(1, appends / replicas / ASSUMED.flushesPerSecond / shards)
  return COSTS.append + COSTS.appendCall / together
}

/** Running answers that one Redis carries, without a Cluster. */
export function mostAnswersOfOneRedis(): number {
  let answers = 100
  while (fleetFor(10 * answers, answers).shards === 1) answers += 100
  return answers - 100
}

const FLEETS = [
  [10_000, 1_000],
  [100_000, 10_000],
  [1_000_000, 100_000],
] as const

const whole = (value: number) => Math.round(value).toLocaleString('en')
const bits = (value: number) => (value >= 1e9 ? `${(value / 1e9).toFixed(1)} Gbit/s` : `${whole(value / 1e6)} Mbit/s`)
const mebibytes = (value: number) => `${(value / 2 ** 20).toFixed(1)} MiB`

/** The table of docs/scale.md, a line each. */
export function modelTable(): readonly string[] {
  const fleets = FLEETS.map(([sockets, answers]) => fleetFor(sockets, answers))
  const row = (name: string, text: (fleet: Fleet) => string) => `| ${[name, ...fleets.map(text)].join(' | ')} |`
  return [
    row('sockets', ({ sockets }) => whole(sockets)),
    '| --- | ---: | ---: | ---: |',
    row('running answers', ({ answers }) => whole(answers)),
    row('replicas of one core and 1 GiB', ({ replicas }) => whole(replicas)),
    row('Redis shards', ({ shards }) => whole(shards)),
    row('cores in use: replicas, Redis', ({ appCores, redisCores }) => `${whole(appCores)}, ${redisCores.toFixed(1)}`),
    row('to clients', ({ out }) => bits(out)),
    row('from providers', (fleet) => bits(fleet.in)),
    row('to Redis', ({ toRedis }) => bits(toRedis)),
    row('a replica dies: answers that need an heir', ({ orphans }) => whole(orphans)),
    row('its list, read by all heirs', ({ listBytes }) => mebibytes(listBytes)),
    row('each heir is busy choosing', ({ choosingMs }) => `${whole(choosingMs)} ms`),
    row('deliveries of the adapter’s channel a second', ({ deliveries }) => whole(deliveries)),
    row('addresses of `replicas` read a second', ({ addresses }) => whole(addresses)),
  ]
}
