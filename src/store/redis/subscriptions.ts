import type { Log } from '../../ports/log.ts'
import { plainReason } from './available.ts'
import type { Connection } from './connection.ts'
import { isRedirection } from './nodes.ts'

/**
 * Sharded channels that are listened to, kept through losses of the connection, failovers and moves of their slots:
 * what was asked for while Redis was away, or was not confirmed, is asked for again as soon as it is back.
 */
export interface Subscriptions {
  /** Resolves once Redis has confirmed, or, without having subscribed yet, where it is away. Never rejects. */
  add(channel: string): Promise<void>
  /** Resolves once Redis sends no more of the channel. Never rejects. */
  remove(channel: string): Promise<void>
  /** Calls `listener` with everything that arrives on any of the channels. */
  onMessage(listener: (channel: Buffer, message: Buffer) => void): void
}

/** Those on one connection. */
export class NodeSubscriptions implements Subscriptions {
  readonly #connection: Connection
  readonly #log: Log
  readonly #onMoved: () => void
  readonly #wanted = new Set<string>()
  readonly #unconfirmed = new Set<string>()
  #distrusted = false

  /** `onMoved` is told when the node, one of a Cluster, no longer serves a channel. */
  constructor(connection: Connection, log: Log, onMoved: () => void = () => {}) {
    this.#connection = connection
    this.#log = log
    this.#onMoved = onMoved
    connection.onChange(() => {
      this.#distrusted = false
      if (!connection.ready) this.#doubtAll()
      else this.renew()
    })
    // The node has ended a subscription, it does not say which: the channel's slot went elsewhere.
    connection.redis.on('moved', () => {
      this.#doubtAll()
      this.#onMoved()
    })
  }

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

  onMessage(listener: (channel: Buffer, message: Buffer) => void): void {
    this.#connection.redis.on('smessageBuffer', listener)
  }

  /** Asks again for what was not confirmed. */
  renew(): void {
    if (this.#connection.ready) for (const channel of this.#unconfirmed) void this.#subscribe(channel)
  }

  #doubtAll(): void {
    for (const channel of this.#wanted) this.#unconfirmed.add(channel)
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
    if (isRedirection(error) || error.message.startsWith('CLUSTERDOWN ')) return // asked again with the next map
    if (!this.#connection.ready || this.#distrusted) return
    this.#distrusted = true
    this.#log.warn({ channel, reason: plainReason(error) }, 'a subscription failed')
    this.#connection.redis.disconnect(true)
  }
}
