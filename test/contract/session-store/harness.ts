import { spawnSync } from 'node:child_process'
import { Cluster } from 'ioredis'
import { expect } from 'vitest'
import type { Clock } from '../../../src/ports/clock.ts'
import { silentLog } from '../../../src/ports/log.ts'
import type { SharedStore } from '../../../src/ports/shared-store.ts'
import { MemorySessionStore } from '../../../src/store/memory/memory-store.ts'
import { connectRedis } from '../../../src/store/redis/connect.ts'
import { RedisSessionStore } from '../../../src/store/redis/redis-store.ts'
import { startRedis } from '../../support/redis.ts'
import { TestRedisCluster } from '../../support/redis-cluster.ts'

export const TTL_SECONDS = 600
export const MAX_MESSAGES = 6

/** One store under test, and the passing of time for it. */
export interface Harness {
  readonly store: SharedStore
  /** Half of the TTL goes by for the session. */
  age(sessionId: string): Promise<void>
  /** The session's time runs out. */
  expire(sessionId: string): Promise<void>
  /** An operator takes the TTL of all that the session has away (PERSIST). Null where nobody can. */
  readonly persist: ((sessionId: string) => Promise<void>) | null
  /** The slot of the running answer is lost (G6); with `text`, so is what the answer has said. Null where it cannot be lost by itself. */
  readonly loseSlot: ((sessionId: string, lost: { readonly text: boolean }) => Promise<void>) | null
  /** Takes everything down. */
  close(): Promise<void>
}

export async function memoryHarness(): Promise<Harness> {
  let now = Date.parse('2026-11-21T12:00:00Z')
  const clock: Clock = {
    now: () => now,
    wallTime: () => now,
    after: () => expect.fail('the memory store has no timers'),
    every: () => expect.fail('the memory store has no timers'),
    soon: () => expect.fail('the memory store has no timers'),
  }
  return {
    store: new MemorySessionStore({ ttlSeconds: TTL_SECONDS, maxMessages: MAX_MESSAGES, clock }),
    async age() {
      now += (TTL_SECONDS * 1000) / 2
    },
    async expire() {
      now += TTL_SECONDS * 1000
    },
    persist: null,
    loseSlot: null,
    close: async () => {},
  }
}

export async function redisHarness(): Promise<Harness> {
  const server = await startRedis()
  return redisHarnessAt([server.url], () => server.stop())
}

/** Where the system has one: Debian does from 13 on. */
export const hasValkey = spawnSync('valkey-server', ['--version']).status === 0

export async function valkeyHarness(): Promise<Harness> {
  const server = await startRedis([], 'valkey-server')
  return redisHarnessAt([server.url], () => server.stop())
}

export async function clusterHarness(): Promise<Harness> {
  const cluster = await TestRedisCluster.start()
  return redisHarnessAt(cluster.urls, () => cluster.stop())
}

async function redisHarnessAt(urls: readonly string[], stop: () => Promise<void>): Promise<Harness> {
  const connections = await connectRedis({ REDIS_URL: urls }, silentLog)
  const redis = connections.commands
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const keysLike = async (pattern: string) => (await Promise.all(nodes.map((node) => node.keys(pattern)))).flat()
  const store = new RedisSessionStore(connections, {
    ttlSeconds: TTL_SECONDS,
    maxMessages: MAX_MESSAGES,
    log: silentLog,
  })

  /** [S3] No key is ever without a TTL, and those of one session end together: looked at after every single operation. */
  const expectTtls = async () => {
    const keys = await keysLike('*')
    const ttls = await Promise.all(keys.map((key) => redis.pttl(key)))
    const lasting = keys.filter((_, i) => ttls[i] === -1)
    expect(lasting, 'keys without a TTL').toEqual([])
    const shortest = new Map<string, number>()
    const longest = new Map<string, number>()
    keys.forEach((key, i) => {
      const [session = key] = /^session:\{.*?\}/.exec(key) ?? []
      const ttl = ttls[i] ?? 0
      if (ttl === -2) return
      shortest.set(session, Math.min(ttl, shortest.get(session) ?? ttl))
      longest.set(session, Math.max(ttl, longest.get(session) ?? ttl))
    })
    for (const [session, ttl] of longest) expect(ttl - (shortest.get(session) ?? 0), session).toBeLessThan(5000)
  }
  const watched = new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        const result: unknown = await Reflect.apply(method, target, args)
        await expectTtls()
        return result
      }
    },
  })

  const keysOf = (sessionId: string) => keysLike(`session:{${sessionId}}*`)
  return {
    store: watched,
    async age(sessionId) {
      for (const key of await keysOf(sessionId)) await redis.expire(key, TTL_SECONDS / 2)
    },
    async expire(sessionId) {
      for (const key of await keysOf(sessionId)) await redis.pexpire(key, 1)
      await expect.poll(() => keysOf(sessionId), { interval: 2 }).toEqual([])
    },
    async persist(sessionId) {
      for (const key of await keysOf(sessionId)) await redis.persist(key)
    },
    async loseSlot(sessionId, { text }) {
      for (const key of await keysOf(sessionId))
        if (key.endsWith(':answer') || (text && key.includes(':text:'))) await redis.del(key)
    },
    async close() {
      await connections.close()
      await stop()
    },
  }
}
