import type { Redis } from 'ioredis'
import type { Log } from '../../ports/log.ts'
import type { Enlisted, Pulse, Roster } from '../../ports/roster.ts'
import { StoreUnavailable } from '../../ports/session-store.ts'
import { available, unavailable } from './available.ts'
import type { RedisConnections } from './connect.ts'
import { leaseKey, listKey, pulseChannel, ROSTER_KEY, replicaChannel } from './keys.ts'
import { askNodes, isRedirection, type Nodes, type RedisClient } from './nodes.ts'

/** A list that nobody looks after any more is gone after this. */
const ABANDONED_S = 24 * 3600
/** How a session is listed. */
const [OWNED, TAKEN] = ['1', '0']

/**
 * The roster in Redis: a set of all addresses, and per replica a lease with a time to live and a hash of sessions.
 *
 * A replica counts as connected while one of two connections of its process is subscribed to a channel of its own. Two,
 * because one alone may be cut off by Redis (a slow subscriber) and come back.
 */
export class RedisRoster implements Roster {
  readonly #redis: RedisClient
  readonly #connections: Pick<RedisConnections, 'nodes' | 'adapter'>
  readonly #address: string
  readonly #leaseMs: number
  /**
   * By address, the connection over which its pulse was last asked for. Over a new one, after an outage, a failover or
   * the move of a slot, who lives may not have subscribed again yet, and must not be taken for dead: that once,
   * `pulses` rejects.
   */
  readonly #asked = new Map<string, Redis['stream']>()

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'nodes' | 'adapter'>,
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
    const own = this.#redis.pipeline()
    own.set(leaseKey(this.#address), '1', 'PX', this.#leaseMs)
    own.expire(listKey(this.#address), ABANDONED_S)
    const common = this.#redis.pipeline() // in another slot
    common.sadd(ROSTER_KEY, this.#address)
    common.expire(ROSTER_KEY, ABANDONED_S)
    await all(own.exec())
    await all(common.exec())
  }

  async leave(): Promise<void> {
    await available(this.#redis.del(leaseKey(this.#address)))
    await this.bury(this.#address)
  }

  async enlist(sessionId: string): Promise<void> {
    const isLeased = await this.#list(sessionId, this.#address, OWNED)
    if (!isLeased) await this.renew() // it may have been buried, and nobody looks for what an unknown one has enlisted
  }

  async take(sessionId: string, replica: string): Promise<void> {
    await this.#list(sessionId, replica, TAKEN)
  }

  /** Gives whether the replica has its lease. */
  async #list(sessionId: string, replica: string, how: string): Promise<boolean> {
    const pipeline = this.#redis.pipeline()
    pipeline.hset(listKey(replica), sessionId, how)
    pipeline.expire(listKey(replica), ABANDONED_S)
    pipeline.exists(leaseKey(replica))
    const replies = await all(pipeline.exec())
    return replies[2] === 1
  }

  async strike(sessionId: string, replica: string): Promise<void> {
    await available(this.#redis.hdel(listKey(replica), sessionId))
  }

  async members(): Promise<readonly string[]> {
    const members = await available(this.#redis.smembers(ROSTER_KEY))
    const known = new Set(members)
    for (const address of this.#asked.keys()) if (!known.has(address)) this.#asked.delete(address)
    return members
  }

  async pulses(addresses: readonly string[]): Promise<readonly Pulse[]> {
    let moved = false
    const felt = await askNodes(this.#connections.nodes, addresses, leaseKey, (node, asked) => {
      for (const address of asked) {
        const before = this.#asked.get(address)
        this.#asked.set(address, node.stream)
        moved ||= before !== undefined && before !== node.stream
      }
      return this.#feel(node, asked)
    })
    if (moved) throw new StoreUnavailable('Redis: a pulse is felt at another place than before')
    return felt
  }

  async sessionsOf(replica: string): Promise<readonly Enlisted[]> {
    const listed = await available(this.#redis.hgetall(listKey(replica)))
    return Object.entries(listed).map(([sessionId, how]) => ({ sessionId, taken: how === TAKEN }))
  }

  /** The lease is looked at once more afterwards: who renews sets that first, so either sees the other. */
  async bury(replica: string): Promise<boolean> {
    const isLeased = () => available(this.#redis.exists(leaseKey(replica)))
    const [listed, leased] = await Promise.all([available(this.#redis.hlen(listKey(replica))), isLeased()])
    if (listed > 0 || leased > 0) return false
    await available(this.#redis.srem(ROSTER_KEY, replica))
    if ((await isLeased()) === 0) return true
    await available(this.#redis.sadd(ROSTER_KEY, replica))
    return false
  }

  /** The lease comes last: a node that has lost the slot knows of no subscribers, and then refuses this. */
  async #feel(node: Redis, addresses: readonly string[]): Promise<Pulse[]> {
    const pipeline = node.pipeline()
    for (const address of addresses) {
      pipeline.call('PUBSUB', 'SHARDNUMSUB', replicaChannel(address))
      pipeline.call('PUBSUB', 'SHARDNUMSUB', pulseChannel(address))
      pipeline.exists(leaseKey(address))
    }
    const replies = await all(pipeline.exec(), this.#connections.nodes)
    return addresses.map((_, i) => {
      const [mail, pulse, lease] = replies.slice(3 * i, 3 * i + 3)
      return { connected: subscribers(mail) + subscribers(pulse) > 0, leased: lease === 1 }
    })
  }
}

function subscribers(reply: unknown): number {
  return Array.isArray(reply) ? Number(reply[1]) : 0
}

/** The replies of a pipeline, or its first error; `nodes` hear of one that tells of a moved slot. */
async function all(execution: Promise<[Error | null, unknown][] | null>, nodes?: Nodes): Promise<unknown[]> {
  const replies = (await available(execution)) ?? []
  return replies.map(([error, reply]) => {
    if (error === null) return reply
    if (isRedirection(error)) nodes?.refresh()
    throw unavailable(error)
  })
}
