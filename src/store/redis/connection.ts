import { Redis, type RedisOptions } from 'ioredis'
import { systemClock, type Timer } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Address, Credentials, Endpoint } from './endpoint.ts'
import { checkFitness, greetingOf } from './fitness.ts'
import { type Link, LinkState } from './link.ts'
import type { Nodes } from './nodes.ts'
import { HEARTBEAT_MS, oncePerSocket, outliveSecondError, retryDelay, SOCKET_OPTIONS } from './options.ts'
import type { Follower, MasterPlace } from './sentinel-watch.ts'

/** Milliseconds until a node that was not fit for use is looked at again. */
const UNFIT_MS = 500
/**
 * So long after a switch no other master is used, in milliseconds: a Sentinel that has not heard of it still names the old
 * one, which is made a copy after ten seconds.
 */
const SWITCHED_MS = 15_000

const REPLACED = 'the Sentinels name another master'

const OPTIONS = {
  ...SOCKET_OPTIONS,
  lazyConnect: true,
  // While Redis is away a command fails at once: the callers decide what to hold, within bounds, and what to refuse.
  enableOfflineQueue: false,
  retryStrategy: retryDelay,
  sentinelRetryStrategy: retryDelay,
} satisfies RedisOptions

/**
 * One connection to Redis, or to the present master of a Sentinel group, that mends itself; usable while it stands and the
 * node is fit for use. A heartbeat notices, also where a connection only listens, that it died without a word, or that the
 * master has become a copy and its address leads to another one (DNS, a proxy). In a Cluster the map of slots tells of that.
 */
export class Connection implements Link, Nodes, Follower {
  readonly redis: Redis
  /** Resolves once the first attempt to connect has succeeded or failed. */
  readonly attempted: Promise<unknown>
  readonly #state: LinkState
  readonly #heartbeat: Timer
  #master: (MasterPlace & { readonly until: number }) | null = null

  private constructor(redis: Redis, kind: Endpoint['kind'], place: string, name: string, log: Log) {
    this.redis = redis
    this.#state = new LinkState(name, log)
    const attempted = Promise.withResolvers<void>()
    this.attempted = attempted.promise
    outliveSecondError(redis)
    // After a failover the one that answers may be a mere copy: connecting again finds the one that takes writes.
    const isNew = oncePerSocket(redis)
    redis.options.reconnectOnError = (error) => error.message.startsWith('READONLY') && isNew()
    redis.on('error', (error: Error) => this.#state.failed(error))
    redis.on('ready', () => void this.#examine(kind, place).then(attempted.resolve))
    redis.on('close', () => {
      attempted.resolve()
      this.#state.turn(false)
    })
    this.#heartbeat = systemClock.every(HEARTBEAT_MS, () => {
      if (!this.ready) return
      if (kind === 'cluster') redis.ping().catch(() => {})
      else void this.#leaveCopy()
    })
    redis.connect().catch(() => {}) // told by the error event
  }

  static to(endpoint: Exclude<Endpoint, { kind: 'cluster' }>, name: string, log: Log): Connection {
    const options = { ...OPTIONS, connectionName: `baton-${name}` }
    const { kind, credentials } = endpoint
    const redis =
      kind === 'node'
        ? new Redis(endpoint.url, { ...options, ...credentials })
        : new Redis({ ...options, ...credentials, ...endpoint.options })
    return new Connection(redis, kind, endpoint.name, name, log)
  }

  /** To one node of a Cluster. */
  static toNode(node: Address & Credentials, name: string, log: Log): Connection {
    const redis = new Redis({ ...OPTIONS, ...node, connectionName: `baton-${name}` })
    return new Connection(redis, 'cluster', `Redis at ${node.host}:${node.port}`, name, log)
  }

  get ready(): boolean {
    return this.#state.ready
  }

  get lastError(): Error | undefined {
    return this.#state.lastError
  }

  onChange(listener: () => void): void {
    this.#state.onChange(listener)
  }

  /** Every key is here. */
  of(): Redis {
    return this.redis
  }

  all(): Redis[] {
    return [this.redis]
  }

  nameOf(): string {
    return ''
  }

  refresh(): void {}

  /** What is under way at the old master fails: it would be stored nowhere else. */
  follow(master: MasterPlace): void {
    const { stream, status } = this.redis
    this.#master = { ...master, until: systemClock.now() + SWITCHED_MS }
    if ((status === 'connect' || status === 'ready') && this.#isElsewhere()) stream.destroy(new Error(REPLACED))
  }

  /** Whether another master was named than the one at the other end. */
  #isElsewhere(): boolean {
    const { remoteAddress = '', remotePort } = this.redis.stream
    if (this.#master === null || systemClock.now() > this.#master.until) return false
    const { ips, port } = this.#master
    return remotePort !== port || (ips.length > 0 && !ips.includes(remoteAddress))
  }

  /** Never rejects. */
  async #leaveCopy(): Promise<void> {
    const { stream } = this.redis
    const said = await greetingOf(this.redis).catch(() => null)
    if (said?.get('role') === 'replica') stream.destroy(new Error('it has become a replica'))
  }

  /** Is the connection's from when it is made until it is used. Never rejects. */
  async #examine(kind: Endpoint['kind'], place: string): Promise<void> {
    const { stream } = this.redis
    try {
      await checkFitness(this.redis, place, kind)
      if (this.#isElsewhere()) throw new Error(REPLACED)
      if (this.redis.stream === stream && this.redis.status === 'ready') this.#state.turn(true)
    } catch (error) {
      this.#state.failed(error as Error)
      setTimeout(() => {
        if (this.redis.stream === stream && this.redis.status === 'ready') this.redis.disconnect(true)
      }, UNFIT_MS).unref()
    }
  }

  async close(): Promise<void> {
    this.#state.close()
    this.#heartbeat.cancel()
    if (this.redis.status === 'ready') await this.redis.quit().catch(() => {})
    this.redis.disconnect()
  }
}
