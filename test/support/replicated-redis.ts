import { setTimeout } from 'node:timers/promises'
import { Redis, Cluster as RedisCluster } from 'ioredis'
import type { TestRedis } from './redis.ts'
import { TestRedisCluster } from './redis-cluster.ts'
import { MASTER, REPLICAS, TestSentinelGroup } from './redis-sentinel.ts'

export const REPLICATED = ['cluster', 'sentinel'] as const

/** So long a master that was replaced takes writes, in milliseconds. */
const OLD_LIVES_MS = 1500

/** A Redis whose masters are replaced when they are gone. */
export interface ReplicatedRedis {
  /** Settings of the gateways. */
  readonly env: Readonly<Record<string, string>>
  /** Replicas that each master has. */
  readonly copies: number
  /** A client that finds the masters; to be disconnected by the caller. */
  connect(): Redis | RedisCluster
  masterOf(key: string): Promise<TestRedis>
  /** Moves the key's slot to another master, key by key, as `redis-cli --cluster reshard` does. None where there are no slots. */
  readonly moveSlotOf?: (key: string) => Promise<void>
  /** Has another master take the place of one that lives, as an operator asks for it. Resolves once it has. */
  switchFrom(master: TestRedis): Promise<void>
  /** Resolves once another master has taken the place of the one that was killed or frozen. */
  replaced(victim: TestRedis): Promise<void>
  /** Resolves once everything that is up is in step. */
  whole(): Promise<void>
  stop(): Promise<void>
}

export async function startReplicatedRedis(kind: (typeof REPLICATED)[number]): Promise<ReplicatedRedis> {
  return kind === 'cluster' ? inCluster() : inSentinelGroup()
}

async function inCluster(): Promise<ReplicatedRedis> {
  const cluster = await TestRedisCluster.start()
  const nodes = cluster.urls.map((url) => ({ host: '127.0.0.1', port: Number(new URL(url).port) }))
  return {
    env: { REDIS_URL: cluster.urls.join() },
    copies: 1,
    connect: () => new RedisCluster(nodes, { slotsRefreshInterval: 500 }),
    masterOf: (key) => cluster.masterOf(key),
    moveSlotOf: (key) => cluster.moveSlotOf(key),
    switchFrom: (master) => cluster.switchFrom(master),
    replaced: () => cluster.whole(),
    whole: () => cluster.whole(),
    stop: () => cluster.stop(),
  }
}

async function inSentinelGroup(): Promise<ReplicatedRedis> {
  const group = await TestSentinelGroup.start()
  const { REDIS_SENTINELS, REDIS_MASTER } = group.settings
  const sentinels = REDIS_SENTINELS.map((place) => ({ host: '127.0.0.1', port: Number(place.split(':')[1]) }))
  return {
    env: { REDIS_SENTINELS: REDIS_SENTINELS.join(), REDIS_MASTER, REDIS_URL: 'redis://127.0.0.1:1' },
    copies: REPLICAS,
    connect: () => new Redis({ sentinels, name: MASTER, maxRetriesPerRequest: null }),
    masterOf: () => group.master(),
    switchFrom: () => group.failOver(() => setTimeout(OLD_LIVES_MS)),
    replaced: async (victim) => void (await group.promoted(victim)),
    whole: async () => group.whole(await group.master()),
    stop: () => group.stop(),
  }
}
