import type { Redis } from 'ioredis'
import type { Liveness, Membership, TrackedSession } from '../../ports/membership.ts'
import { type Meter, noMeter } from '../../ports/meter.ts'
import { StoreUnavailable } from '../../ports/session-store.ts'
import { available, unavailable } from './available.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import { answersAmong, askNodes, isRedirection, type RedisClient } from './nodes.ts'
import { meetProtocol, PROTOCOL } from './protocol.ts'
import { gatherCalls } from './scripts.ts'

/** A list that nobody looks after any more is gone after this. */
const ABANDONED_S = 24 * 3600
/** How a session is listed. */
const [OWNED, TAKEN] = ['1', '0']
const MOVED_NOW = 'Redis: liveness is asked for at another place than before'

/**
 * The membership in Redis: a set of all addresses, and per replica a lease with a time to live and a hash of sessions.
 *
 * A replica counts as connected while one of two connections of its process is subscribed to a channel of its own. Two,
 * because one alone may be cut off by Redis (a slow subscriber) and come back.
 */
export class RedisMembership implements Membership {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys' | 'adapter'>
  readonly #address: string
  readonly #leaseMs: number
  readonly #meter: Meter
  /**
   * By address, the connection over which its liveness was last asked for. Over a new one, after an outage, a failover or
   * the move of a slot, who lives may not have subscribed again yet, and must not be taken for dead: that once,
   * nothing is said of it.
   */
  readonly #asked = new Map<string, Redis['stream']>()
  /** How often this replica has entered, and whether it is certain that it still is. */
  #entries = 0
  #isEntered = false
  #wasEntered = false

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys' | 'adapter'>,
    options: { readonly address: string; readonly leaseMs: number; readonly meter?: Meter },
  ) {
    this.#meter = options.meter ?? noMeter
    this.#redis = connections.commands
    this.#keys = connections.keys
    this.#connections = connections
    this.#address = options.address
    this.#leaseMs = options.leaseMs
  }

  /** Resolves once this replica's life can be seen. Rejects with `RedisUnusable` where it cannot live with who is there (G8). */
  async start(): Promise<void> {
    await meetProtocol(this.#connections)
    await this.#connections.adapter.subscriber.ssubscribe(this.#keys.pulse(this.#address))
    await this.renew()
  }

  async renew(): Promise<number> {
    const lease = this.#redis.set(this.#keys.lease(this.#address), PROTOCOL, 'PX', this.#leaseMs, 'GET')
    const sentAt = performance.now()
    const before = await available(lease).catch((error: Error) => {
      this.#isEntered = false // a call whose reply is lost may have been carried out
      throw error
    })
    this.#meter.redisSeconds(performance.now() - sentAt, { class: 'lease' })
    const isLapsed = before === null
    if (isLapsed) this.#isEntered = false
    if (isLapsed || !this.#isEntered) await this.#enter(isLapsed)
    return this.#entries
  }

  /** While the list is out of reach, nobody can have removed a replica from it: one whose lease stood goes on, and enters at the next renewal. */
  async #enter(isLapsed: boolean): Promise<void> {
    if (isLapsed) this.#entries++
    try {
      gatherCalls(this.#redis)
      const entered = this.#redis.sadd(this.#keys.membership, this.#address)
      const kept = this.#redis.expire(this.#keys.membership, ABANDONED_S)
      await available(Promise.all([entered, kept]))
    } catch (error) {
      if (isLapsed || !this.#wasEntered) throw error
      return
    }
    if (!isLapsed) this.#entries++
    this.#isEntered = true
    this.#wasEntered = true
  }

  async leave(): Promise<void> {
    await available(this.#redis.del(this.#keys.lease(this.#address)))
    await this.remove(this.#address)
  }

  async track(sessionId: string): Promise<void> {
    const isLeased = await this.#list(sessionId, this.#address, OWNED)
    if (!isLeased) await this.renew() // it may have been removed, and nobody looks for what an unknown one tracks
  }

  async take(sessionId: string, replica: string): Promise<void> {
    await this.#list(sessionId, replica, TAKEN)
  }

  /** Gives whether the replica has its lease. */
  async #list(sessionId: string, replica: string, how: string): Promise<boolean> {
    const list = this.#keys.list(replica)
    gatherCalls(this.#redis)
    const listed = this.#redis.hset(list, sessionId, how)
    const kept = this.#redis.expire(list, ABANDONED_S)
    const leased = this.#redis.exists(this.#keys.lease(replica))
    const replies = await available(Promise.all([listed, kept, leased]))
    return replies[2] === 1
  }

  async untrack(sessionId: string, replica: string): Promise<void> {
    await available(this.#redis.hdel(this.#keys.list(replica), sessionId))
  }

  async members(): Promise<readonly string[]> {
    gatherCalls(this.#redis)
    const listed = this.#redis.smembers(this.#keys.membership)
    const kept = this.#redis.expire(this.#keys.membership, ABANDONED_S)
    const [members] = await available(Promise.all([listed, kept]))
    const known = new Set(members)
    if (!known.has(this.#address)) this.#isEntered = false // the key was lost
    for (const address of this.#asked.keys()) if (!known.has(address)) this.#asked.delete(address)
    return members
  }

  liveness(addresses: readonly string[]): Promise<readonly (Liveness | undefined)[]> {
    return this.#ask(addresses, (node, asked) => this.#feel(node, asked))
  }

  connected(addresses: readonly string[]): Promise<readonly (boolean | undefined)[]> {
    return this.#ask(addresses, async (node, asked) => {
      const reply = await available(node.call('PUBSUB', 'SHARDNUMSUB', ...this.#channels(asked)))
      return connectedIn(reply, asked.length)
    })
  }

  async #ask<T>(
    addresses: readonly string[],
    ask: (node: Redis, addresses: readonly string[]) => Promise<readonly T[]>,
  ): Promise<readonly (T | undefined)[]> {
    const felt = await askNodes(
      this.#connections.nodes,
      addresses,
      (address) => this.#keys.lease(address),
      async (node, asked) => {
        const moved = asked.map((address) => this.#isMoved(address, node))
        const replies = await ask(node, asked)
        return replies.map((reply, i) => (moved[i] ? new StoreUnavailable(MOVED_NOW) : reply))
      },
    )
    return answersAmong(felt)
  }

  #isMoved(address: string, { stream }: Redis): boolean {
    const before = this.#asked.get(address)
    this.#asked.set(address, stream)
    return before !== undefined && before !== stream
  }

  async sessionsOf(replica: string): Promise<readonly TrackedSession[]> {
    const listed = await available(this.#redis.hgetall(this.#keys.list(replica)))
    return Object.entries(listed).map(([sessionId, how]) => ({ sessionId, taken: how === TAKEN }))
  }

  /** The lease is looked at once more afterwards: who renews sets that first, so either sees the other. */
  async remove(replica: string): Promise<boolean> {
    const isLeased = () => available(this.#redis.exists(this.#keys.lease(replica)))
    const [listed, leased] = await Promise.all([available(this.#redis.hlen(this.#keys.list(replica))), isLeased()])
    if (listed > 0 || leased > 0) return false
    await available(this.#redis.srem(this.#keys.membership, replica))
    if ((await isLeased()) === 0) return true
    await available(this.#redis.sadd(this.#keys.membership, replica))
    return false
  }

  /** The lease comes last: a node that has lost the slot knows of no subscribers, and then refuses this. */
  async #feel(node: Redis, addresses: readonly string[]): Promise<Liveness[]> {
    gatherCalls(node)
    const subscribers = node.call('PUBSUB', 'SHARDNUMSUB', ...this.#channels(addresses))
    const states = addresses.map((address) =>
      Promise.all([node.hlen(this.#keys.list(address)), node.pttl(this.#keys.lease(address))]),
    )
    const [counts, replies] = await this.#followingMoves(Promise.all([subscribers, Promise.all(states)]))
    const connected = connectedIn(counts, addresses.length)
    return replies.map(([listed, leaseMs], i) => ({
      connected: connected[i] ?? false,
      leaseMs: Math.max(0, leaseMs),
      owns: listed > 0,
    }))
  }

  /** A reply that tells of a moved slot is news of the nodes. */
  async #followingMoves<T>(replies: Promise<T>): Promise<T> {
    try {
      return await replies
    } catch (error) {
      if (isRedirection(error)) this.#connections.nodes.refresh()
      throw unavailable(error)
    }
  }

  /** Two for each address. */
  #channels(addresses: readonly string[]): string[] {
    return addresses.flatMap((address) => [this.#keys.bus(address), this.#keys.pulse(address)])
  }
}

/** Of so many addresses, whether one of their two channels has a subscriber. */
function connectedIn(reply: unknown, addresses: number): boolean[] {
  const counts = Array.isArray(reply) ? reply.filter((_, i) => i % 2 === 1).map(Number) : []
  return Array.from({ length: addresses }, (_, i) => (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0) > 0)
}
