import { Redis } from 'ioredis'
import { onTestFailed, onTestFinished } from 'vitest'
import { startNginx, type TestNginx } from './nginx.ts'
import { startRedis, type TestRedis } from './redis.ts'
import { formatLine, Replica } from './replica.ts'
import { type ScriptedModel, startScriptedModel } from './scripted-model.ts'
import { StepClock } from './step-clock.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { type ConnectOptions, TestClient } from './test-client.ts'

export interface ClusterOptions {
  /** 1 by default. */
  readonly replicas?: number
  /** Settings of every replica. */
  readonly env?: Readonly<Record<string, string>>
  /** Puts the product's nginx in front. */
  readonly nginx?: boolean
  /** Puts a wire that can be cut between each replica and Redis: `wire`. */
  readonly wired?: boolean
  /** Gives each replica a time of day of its own: `clock`. */
  readonly clocks?: boolean
  /** What Node runs for a replica; the product's entry by default. */
  readonly program?: readonly string[]
}

const AT_ONCE = 8

/** Where to connect: a replica's number, from 0, or through nginx. */
export type Where = number | 'nginx'

const DEFAULTS = {
  HOST: '127.0.0.1',
  LOG_LEVEL: 'debug',
  OPENAI_API_KEY: 'sk-test',
  DRAIN_TIMEOUT: '3',
  RATE_LIMIT: '0',
  CONNECT_LIMIT: '0',
}

/**
 * Real gateway processes before a real Redis (none with STORE=memory) and a scripted model. `stop` ends all of it, and
 * rejects where a replica crashed, did not end well, or had a fault that it told nobody but its log.
 */
export class Cluster {
  readonly model: ScriptedModel
  readonly replicas: Replica[] = []
  readonly #wires: readonly TcpProxy[]
  readonly #clocks: readonly StepClock[]
  readonly #redis: TestRedis | null
  readonly #nginx: boolean
  #front: TestNginx | null = null
  #told = 0

  static async start(options: ClusterOptions): Promise<Cluster> {
    const usesRedis = options.env?.STORE !== 'memory'
    const [model, redis] = await Promise.all([startScriptedModel(), usesRedis ? startRedis() : null])
    const wires = await Promise.all(
      Array.from({ length: options.wired && redis !== null ? (options.replicas ?? 1) : 0 }, () =>
        startTcpProxy(redis?.port ?? 0),
      ),
    )
    const cluster = new Cluster(model, redis, wires, options)
    try {
      await cluster.#start()
    } catch (error) {
      await cluster.stop().catch(() => {})
      throw error
    }
    return cluster
  }

  private constructor(
    model: ScriptedModel,
    redis: TestRedis | null,
    wires: readonly TcpProxy[],
    { replicas = 1, env, nginx = false, clocks = false, program }: ClusterOptions,
  ) {
    this.model = model
    this.#redis = redis
    this.#wires = wires
    this.#nginx = nginx
    this.#clocks = Array.from({ length: clocks ? replicas : 0 }, () => new StepClock())
    const settings = {
      ...DEFAULTS,
      ...(redis === null ? {} : { REDIS_URL: redis.url }),
      OPENAI_BASE_URL: model.url,
      ...env,
    }
    for (let i = 0; i < replicas; i++) {
      const wire = wires[i]
      const way = wire === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${wire.port}` }
      const own = { ...settings, ...way, ...this.#clocks[i]?.env }
      this.replicas.push(new Replica(`r${i + 1}`, own, program))
    }
  }

  get redis(): TestRedis {
    if (this.#redis === null) throw new Error('this cluster has no Redis')
    return this.#redis
  }

  urlOf(where: Where): string {
    const place = where === 'nginx' ? this.#front : this.replicas[where]
    if (place === null || place === undefined) throw new Error(`the cluster has no ${where}`)
    return place.url
  }

  /** nginx, where it is in front. */
  get front(): TestNginx {
    if (this.#front === null) throw new Error('this cluster has no nginx')
    return this.#front
  }

  /** Between a replica and Redis, where the cluster is wired. */
  wire(number: number): TcpProxy {
    const wire = this.#wires[number]
    if (wire === undefined) throw new Error(`the cluster has no wire ${number}`)
    return wire
  }

  /** The time of day of a replica, where each has its own. */
  clock(number: number): StepClock {
    const clock = this.#clocks[number]
    if (clock === undefined) throw new Error(`the cluster has no clock ${number}`)
    return clock
  }

  replica(number: number): Replica {
    const replica = this.replicas[number]
    if (replica === undefined) throw new Error(`the cluster has no replica ${number}`)
    return replica
  }

  /** A client that is gone when the test has finished; the test fails if it was shown what D2 and D4 forbid. */
  async connect(where: Where = 0, options: ConnectOptions = {}): Promise<TestClient> {
    onTestFailed(() => this.#tellLogs())
    const client = await TestClient.connect(this.urlOf(where), options)
    onTestFinished(() => {
      client.close()
      if (client.violations.length > 0)
        throw new Error(`what a client was shown:\n${client.violations.slice(0, 5).join('\n')}`)
    })
    return client
  }

  /** A Redis client that is gone when the test has finished. */
  inspect(): Redis {
    const client = new Redis(this.redis.url)
    onTestFinished(() => client.disconnect())
    return client
  }

  async stop(): Promise<void> {
    const problems: unknown[] = []
    const release = async (work: () => Promise<void> | undefined) => {
      try {
        await work()
      } catch (error) {
        problems.push(error)
      }
    }
    this.#redis?.thaw()
    for (const wire of this.#wires) wire.mend()
    await release(() => this.#front?.stop())
    await eachOf(this.replicas, (replica) => release(() => replica.drain()))
    await release(() => this.model.close())
    await release(() => this.#redis?.stop())
    for (const wire of this.#wires) await release(() => wire.stop())
    for (const clock of this.#clocks) clock.remove()
    for (const replica of this.replicas) {
      if (replica.running) problems.push(`${replica.id} still runs`)
      problems.push(...replica.problems())
    }
    if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('\n'))
  }

  async #start(): Promise<void> {
    await eachOf(this.replicas, (replica) => replica.start())
    if (this.#nginx) this.#front = await startNginx(this.replicas.map(({ port }) => port))
  }

  /** What the replicas logged since the last failure. */
  #tellLogs(): void {
    const lines = this.replicas.flatMap((replica) => replica.logs)
    const news = lines.toSorted((a, b) => String(a.time).localeCompare(String(b.time))).slice(this.#told)
    this.#told += news.length
    console.error(news.slice(-60).map(formatLine).join('\n'))
  }
}

/** A few at a time: of sixty that start or end at once none would be done within its limit. */
async function eachOf(replicas: readonly Replica[], work: (replica: Replica) => Promise<void>): Promise<void> {
  const queue = [...replicas]
  const hand = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next)
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, hand))
  } catch (error) {
    queue.length = 0 // whoever is told of it ends those that were started
    throw error
  }
}

export function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  return Cluster.start(options)
}
