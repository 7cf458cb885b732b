import type { Log } from '../../ports/log.ts'
import { plainReason } from './available.ts'
import type { Nodes, RedisClient } from './nodes.ts'
import type { Subscriptions } from './subscriptions.ts'

/*
 * What `createShardedAdapter` is given in place of ioredis clients: exactly the methods that it calls on them. It awaits
 * few of them, so on a bare client a Redis outage ends the process as an unhandled rejection, and a room that is joined
 * during the outage is never subscribed to. Here nothing rejects, and subscriptions are made up for.
 */

/** Publishes for the adapter. While Redis is away this replica's sockets are all that it reaches. */
export class AdapterPublisher {
  readonly #redis: RedisClient
  readonly #nodes: Nodes
  readonly #log: Log

  constructor(redis: RedisClient, nodes: Nodes, log: Log) {
    this.#redis = redis
    this.#nodes = nodes
    this.#log = log
  }

  async spublish(channel: string, payload: string | Buffer): Promise<void> {
    try {
      await this.#redis.spublish(channel, payload)
    } catch (error) {
      this.#log.debug({ channel, reason: plainReason(error) }, 'the adapter could not publish')
    }
  }

  /** The adapter's only command is `PUBSUB SHARDNUMSUB <channel>`: how many replicas there are. */
  send_command(name: string, args: [string, string], done: (error: null, reply: unknown) => void): void {
    this.#ask(name, args).then(
      (reply) => done(null, reply),
      () => done(null, [args[1], 1]),
    )
  }

  /** Only the master of a channel's slot knows its subscribers. */
  async #ask(name: string, args: [string, string]): Promise<unknown> {
    return this.#nodes.of(args[1]).call(name, ...args)
  }
}

/** Subscribes for the adapter. */
export class AdapterSubscriber {
  readonly #subscriptions: Subscriptions
  readonly #log: Log

  constructor(subscriptions: Subscriptions, log: Log) {
    this.#subscriptions = subscriptions
    this.#log = log
  }

  /** What the adapter cannot read throws out of it, and would end the process (X6). */
  on(_event: 'smessageBuffer', listener: (channel: Buffer, message: Buffer) => void): void {
    this.#subscriptions.onMessage((channel, message) => {
      try {
        listener(channel, message)
      } catch (error) {
        this.#log.warn({ reason: (error as Error).message }, 'what another replica published is malformed')
      }
    })
  }

  ssubscribe(channel: string): Promise<void> {
    return this.#subscriptions.add(channel)
  }

  sunsubscribe(channel: string): Promise<void> {
    return this.#subscriptions.remove(channel)
  }
}
