import { Redis, type RedisOptions } from 'ioredis'
import type { Log } from '../../ports/log.ts'
import type { Address, Credentials, Endpoint } from './endpoint.ts'
import { type Link, LinkState } from './link.ts'
import type { Nodes } from './nodes.ts'
import { retryDelay, SOCKET_OPTIONS } from './options.ts'

/** Milliseconds between heartbeats. */
export const HEARTBEAT_MS = 1000

const OPTIONS = {
  ...SOCKET_OPTIONS,
  lazyConnect: true,
  // While Redis is away a command fails at once: the callers decide what to hold, within bounds, and what to refuse.
  enableOfflineQueue: false,
  retryStrategy: retryDelay,
  sentinelRetryStrategy: retryDelay,
  // After a failover the one that answers may be a mere copy: connecting again finds the one that takes writes.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions

/**
 * One connection to Redis, or to the present master of a Sentinel group, that mends itself. A heartbeat notices a
 * connection that died without a word, also one that only listens.
 */
export class Connection implements Link, Nodes {
  readonly redis: Redis
  /** Resolves once the first attempt to connect has succeeded or failed. */
  readonly attempted: Promise<unknown>
  readonly #state: LinkState
  readonly #heartbeat: NodeJS.Timeout

  private constructor(redis: Redis, name: string, log: Log) {
    this.redis = redis
    this.#state = new LinkState(name, log)
    this.attempted = new Promise((resolve) => {
      for (const outcome of ['ready', 'close']) redis.once(outcome, resolve)
    })
    redis.on('error', (error: Error) => this.#state.failed(error))
    redis.on('ready', () => this.#state.turn(true))
    redis.on('close', () => this.#state.turn(false))
    this.#heartbeat = setInterval(() => {
      if (this.ready) redis.ping().catch(() => {})
    }, HEARTBEAT_MS).unref()
    redis.connect().catch(() => {}) // told by the error event
  }

  static to(endpoint: Exclude<Endpoint, { kind: 'cluster' }>, name: string, log: Log): Connection {
    const options = { ...OPTIONS, connectionName: `baton-${name}` }
    if (endpoint.kind === 'node') return new Connection(new Redis(endpoint.url, options), name, log)
    return new Connection(new Redis({ ...options, ...endpoint.credentials, ...endpoint.options }), name, log)
  }

  /** To one node of a Cluster. */
  static toNode(node: Address & Credentials, name: string, log: Log): Connection {
    return new Connection(new Redis({ ...OPTIONS, ...node, connectionName: `baton-${name}` }), name, log)
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

  nameOf(): string {
    return ''
  }

  refresh(): void {}

  async close(): Promise<void> {
    this.#state.close()
    clearInterval(this.#heartbeat)
    if (this.ready) await this.redis.quit().catch(() => {})
    this.redis.disconnect()
  }
}
