import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import type { RateLimiter } from '../../src/ports/rate-limiter.ts'
import { memoryRateLimiter } from '../../src/store/memory/rate-limiter.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { redisRateLimiter } from '../../src/store/redis/rate-limiter.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let server: TestRedis
let replicas: RedisConnections[] = []
beforeAll(async () => {
  server = await startRedis()
  replicas = await Promise.all([0, 1].map(() => connectRedis({ REDIS_URL: [server.url] }, silentLog)))
})
afterAll(async () => {
  for (const replica of replicas) await replica.close()
  await server?.stop()
})

const isTaken = (taken: unknown) => typeof taken === 'function'

function limiters(name: string, points: number) {
  return replicas.map((replica) => redisRateLimiter(replica, { name, points }))
}

async function takeMany(limiter: RateLimiter, key: string, times: number) {
  return Promise.all(Array.from({ length: times }, () => limiter.take(key)))
}

describe('[X5] the rate limiter', () => {
  test('gives its allowance over all replicas, then the time to wait', async () => {
    const [a, b] = limiters('messages', 10)
    const taken = (
      await Promise.all([takeMany(a ?? expect.fail(), 'ann', 8), takeMany(b ?? expect.fail(), 'ann', 8)])
    ).flat()
    expect(taken.filter(isTaken)).toHaveLength(10)
    for (const wait of taken.filter((one) => typeof one === 'number')) {
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(60_000)
    }
    expect(await a?.take('bob'), 'another key').toSatisfy(isTaken)
    const [other] = limiters('connections', 10)
    expect(await other?.take('ann'), 'another limit').toSatisfy(isTaken)
  })

  test('what is given back can be taken again', async () => {
    for (const limiter of [limiters('returned', 3)[0] ?? expect.fail(), memoryRateLimiter({ points: 3 })]) {
      const [first] = await takeMany(limiter, 'ann', 3)
      if (typeof first !== 'function') return expect.fail('nothing was taken')
      await first()
      expect(await limiter.take('ann')).toSatisfy(isTaken)
      expect(await limiter.take('ann')).toBeGreaterThan(0)
    }
  })

  test('what is refused takes nothing, however much of it there is at once', async () => {
    for (const limiter of [limiters('refused', 3)[0] ?? expect.fail(), memoryRateLimiter({ points: 3 })]) {
      const taken = await takeMany(limiter, 'ann', 20)
      expect(taken.filter(isTaken)).toHaveLength(3)
      expect(await limiter.take('ann'), 'nor does it give anything').toBeGreaterThan(0)
      expect(await limiter.waitOf('ann')).toBeGreaterThan(0)
      for (const one of taken) if (typeof one === 'function') await one()
      expect((await takeMany(limiter, 'ann', 5)).filter(isTaken)).toHaveLength(3)
    }
  })

  test('how long to wait can be asked without taking anything', async () => {
    const [a, b] = limiters('asked', 2)
    for (const [taker, asker] of [[a, b], Array(2).fill(memoryRateLimiter({ points: 2 }))]) {
      for (const left of [2, 1]) {
        for (let i = 0; i < 5; i++) expect(await asker?.waitOf('ann'), `${left} left`).toBe(0)
        expect(await taker?.take('ann')).toSatisfy(isTaken)
      }
      for (let more = 0; more < 2; more++) {
        expect(await asker?.waitOf('ann')).toBeGreaterThan(0)
        expect(await asker?.waitOf('ann')).toBeLessThanOrEqual(60_000)
        expect(await taker?.take('ann')).toBeGreaterThan(0)
      }
      expect(await asker?.waitOf('bob')).toBe(0)
    }
  })

  test('what is given back after its minute gives the next one nothing', async () => {
    const limiter = limiters('late', 1)[0] ?? expect.fail()
    const redis = replicas[0]?.commands ?? expect.fail()
    const late = await limiter.take('ann')
    if (typeof late !== 'function') return expect.fail('nothing was taken')
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
    onTestFinished(() => void vi.restoreAllMocks())
    await redis.del(...(await redis.keys('limit:late*'))) // as its time to live does
    await late()
    expect(await redis.keys('limit:late*')).toEqual([])
    expect(await limiter.take('ann')).toSatisfy(isTaken)
    expect(await limiter.take('ann')).toBeGreaterThan(0)
  })

  test('no counter is left without a TTL', async () => {
    const redis = replicas[0]?.commands ?? expect.fail()
    const keys = await redis.keys('limit:*')
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0)
  })

  test('while Redis is away each replica counts for itself, and nothing rejects', async () => {
    const [a] = limiters('outage', 5)
    if (a === undefined) return expect.fail()
    const before = await a.take('ann')
    await server.kill()
    await expect.poll(() => replicas[0]?.state()).toBe('away')
    if (typeof before === 'function') await before()
    for (let again = 0; again < 2; again++) {
      const taken = await takeMany(a, 'ann', 8)
      expect(taken.filter(isTaken)).toHaveLength(5)
      expect(await a.waitOf('ann')).toBeGreaterThan(0)
      for (const one of taken) if (typeof one === 'function') await one()
    }
    await server.restart()
    await expect.poll(() => replicas[0]?.state(), { timeout: 10_000 }).toBe('ready')
    expect(await a.take('ann')).toSatisfy(isTaken)
  })
})
