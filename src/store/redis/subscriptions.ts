import type { Log } from '../../ports/log.ts'
import type { Connection } from './connection.ts'

/**
 * The sharded channels that a connection listens to, kept through losses of the connection: what was asked for while
 * Redis was away, or was not confirmed, is asked for again as soon as it is back.
 */
export class Subscriptions {
  readonly #connection: Connection
  readonly #log: Log
  readonly #wanted = new Set<string>()
  readonly #unconfirmed = new Set<string>()
  #distrusted = false

  constructor(connection: Connection, log: Log) {
    this.#connection = connection
    this.#log = log
    connection.onChange(() => {
      this.#distrusted = false
      if (!connection.ready) for (const channel of this.#wanted) this.#unconfirmed.add(channel)
      else for (const channel of this.#unconfirmed) void this.#subscribe(channel)
    })
  }

  /** Resolves once Redis has confirmed, or, without having subscribed yet, where it is away. Never rejects. */
  async add(channel: string): Promise<void> {
    this.#wanted.add(channel)
    this.#unconfirmed.add(channel)
    if (this.#connection.ready) await this.#subscribe(channel)
  }

  async remove(channel: string): Promise<void> {
    this.#wanted.delete(channel)
    this.#unconfirmed.delete(channel)
    if (!this.#connection.ready) return
    await this.#connection.redis.sunsubscribe(channel).catch((error: Error) => this.#failed(channel, error))
  }

  /** Calls `listener` with everything that arrives on any of the channels. */
  onMessage(listener: (channel: Buffer, message: Buffer) => void): void {
    this.#connection.redis.on('smessageBuffer', listener)
  }

  async #subscribe(channel: string): Promise<void> {
    try {
      await this.#connection.redis.ssubscribe(channel)
      this.#unconfirmed.delete(channel)
    } catch (error) {
      this.#failed(channel, error as Error)
    }
  }

  /** A connection on which this fails is not to be trusted: a new one subscribes to everything again. */
  #failed(channel: string, error: Error): void {
    if (!this.#connection.ready || this.#distrusted) return
    this.#distrusted = true
    this.#log.warn({ channel, reason: error.message }, 'a subscription failed')
    this.#connection.redis.disconnect(true)
  }
}
