import { Redis, type RedisOptions } from 'ioredis'
import type { Log } from '../../ports/log.ts'

/** Milliseconds between heartbeats. */
const HEARTBEAT_MS = 1000

/** Chosen on purpose; every one differs from ioredis's default because that would hang, grow or apply a write twice. */
const OPTIONS = {
  lazyConnect: true,
  // While Redis is away a command fails at once: the callers decide what to hold, within bounds, and what to refuse.
  enableOfflineQueue: false,
  // What was sent when the connection broke fails at once too, and only its sender may repeat it: sent again by the
  // client it could be applied twice, or after a newer write.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // Bounds the wait on a Redis that is frozen or cut off without a word.
  commandTimeout: 2000,
  connectTimeout: 2000,
  // Drops a connection on which an answer is due for so long: what waits on it is then refused instead of piling up.
  socketTimeout: 3000,
  // Never gives up. Spread out, so that the replicas do not all come back in the same instant.
  retryStrategy: (attempt: number) => Math.min(1000, 25 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2),
  // ioredis subscribes again without awaiting it: a second loss at that moment would end the process. Subscriptions does it.
  autoResubscribe: false,
} satisfies RedisOptions

/**
 * One connection to Redis that mends itself. A heartbeat notices a connection that died without a word, also one that
 * only listens. Losing it and having it back is logged once each.
 */
export class Connection {
  readonly redis: Redis
  readonly #name: string
  readonly #log: Log
  readonly #heartbeat: NodeJS.Timeout
  readonly #listeners = new Set<() => void>()
  #ready = false
  #complained = false
  #closed = false
  #lastError: Error | undefined

  constructor(url: string, name: string, log: Log) {
    this.#name = name
    this.#log = log
    this.redis = new Redis(url, { ...OPTIONS, connectionName: `baton-${name}` })
    this.redis.on('error', (error: Error) => {
      this.#lastError = error
      this.#complain()
    })
    this.redis.on('ready', () => this.#turn(true))
    this.redis.on('close', () => this.#turn(false))
    this.#heartbeat = setInterval(() => {
      if (this.#ready) this.redis.ping().catch(() => {})
    }, HEARTBEAT_MS).unref()
    this.redis.connect().catch(() => {}) // told by the error event
  }

  get ready(): boolean {
    return this.#ready
  }

  /** Why the connection was lost or could not be made; undefined while nothing has gone wrong yet. */
  get lastError(): Error | undefined {
    return this.#lastError
  }

  /** Calls `listener` whenever `ready` has changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Lets what is under way finish, within the command timeout, and ends the connection. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#heartbeat)
    if (this.#ready) await this.redis.quit().catch(() => {})
    this.redis.disconnect()
  }

  #turn(ready: boolean): void {
    if (ready === this.#ready) return
    this.#ready = ready
    if (!ready) this.#complain()
    else if (this.#complained) this.#log.info({ connection: this.#name }, 'Redis is back')
    if (ready) this.#complained = false
    for (const listener of this.#listeners) listener()
  }

  #complain(): void {
    if (this.#complained || this.#closed) return
    this.#complained = true
    this.#log.warn({ connection: this.#name, reason: this.#lastError?.message }, 'Redis is away')
  }
}
