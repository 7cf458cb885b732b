import type { Redis } from 'ioredis'
import type { Log } from '../../ports/log.ts'
import type { Pulse, Roster } from '../../ports/roster.ts'
import { available, unavailable } from './available.ts'
import type { RedisConnections } from './connect.ts'
import { leaseKey, listKey, pulseChannel, ROSTER_KEY, replicaChannel } from './keys.ts'

/** A list that nobody looks after any more is gone after this. */
const ABANDONED_S = 24 * 3600

/**
 * The roster in Redis: a set of all addresses, and per replica a lease with a time to live and a set of sessions.
 *
 * A replica counts as connected while one of two connections of its process is subscribed to a channel of its own. Two,
 * because one alone may be cut off by Redis (a slow subscriber) and come back.
 */
export class RedisRoster implements Roster {
  readonly #redis: Redis
  readonly #connections: Pick<RedisConnections, 'commands' | 'adapter'>
  readonly #address: string
  readonly #leaseMs: number

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'adapter'>,
    options: { readonly address: string; readonly leaseMs: number; readonly log: Log },
  ) {
    this.#redis = connections.commands
    this.#connections = connections
    this.#address = options.address
    this.#leaseMs = options.leaseMs
  }

  /** Resolves once this replica's pulse can be felt. */
  async start(): Promise<void> {
    await this.#connections.adapter.subscriber.ssubscribe(pulseChannel(this.#address))
    await this.renew()
  }

  async renew(): Promise<void> {
    const pipeline = this.#redis.pipeline()
    pipeline.set(leaseKey(this.#address), '1', 'PX', this.#leaseMs)
    pipeline.sadd(ROSTER_KEY, this.#address)
    pipeline.expire(ROSTER_KEY, ABANDONED_S)
    pipeline.expire(listKey(this.#address), ABANDONED_S)
    await all(pipeline.exec())
  }

  async leave(): Promise<void> {
    await available(this.#redis.del(leaseKey(this.#address)))
    await this.bury(this.#address)
  }

  async enlist(sessionId: string): Promise<void> {
    const pipeline = this.#redis.pipeline()
    pipeline.sadd(listKey(this.#address), sessionId)
    pipeline.expire(listKey(this.#address), ABANDONED_S)
    await all(pipeline.exec())
  }

  async strike(sessionId: string, replica: string): Promise<void> {
    await available(this.#redis.srem(listKey(replica), sessionId))
  }

  members(): Promise<readonly string[]> {
    return available(this.#redis.smembers(ROSTER_KEY))
  }

  async pulses(addresses: readonly string[]): Promise<readonly Pulse[]> {
    const pipeline = this.#redis.pipeline()
    for (const address of addresses) {
      pipeline.call('PUBSUB', 'SHARDNUMSUB', replicaChannel(address))
      pipeline.call('PUBSUB', 'SHARDNUMSUB', pulseChannel(address))
      pipeline.exists(leaseKey(address))
    }
    const replies = await all(pipeline.exec())
    return addresses.map((_, i) => {
      const [mail, pulse, lease] = replies.slice(3 * i, 3 * i + 3)
      return { connected: subscribers(mail) + subscribers(pulse) > 0, leased: lease === 1 }
    })
  }

  sessionsOf(replica: string): Promise<readonly string[]> {
    return available(this.#redis.smembers(listKey(replica)))
  }

  async bury(replica: string): Promise<void> {
    if ((await available(this.#redis.scard(listKey(replica)))) > 0) return
    await available(this.#redis.srem(ROSTER_KEY, replica))
  }
}

function subscribers(reply: unknown): number {
  return Array.isArray(reply) ? Number(reply[1]) : 0
}

async function all(execution: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  const replies = (await available(execution)) ?? []
  return replies.map(([error, reply]) => {
    if (error !== null) throw unavailable(error)
    return reply
  })
}
