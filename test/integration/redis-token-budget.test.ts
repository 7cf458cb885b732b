import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { RedisTokenBudget } from '../../src/store/redis/token-budget.ts'
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

test('a day’s tokens are counted over all replicas, also those spent while Redis was away', async () => {
  let now = Date.parse('2026-03-01T22:00:00Z')
  const options = { limit: 100, clock: { ...systemClock, wallTime: () => now }, log: silentLog }
  const [a, b] = replicas.map((replica) => new RedisTokenBudget(replica, options))
  if (a === undefined || b === undefined) return expect.fail()
  expect(await a.exhausted()).toBeNull()
  a.spend(60)
  b.spend(30)
  const redis = replicas[0]?.commands ?? expect.fail()
  await expect.poll(() => redis.get('limit:tokens:2026-03-01')).toBe('90')
  await expect.poll(() => redis.ttl('limit:tokens:2026-03-01')).toBeGreaterThan(86_400)
  expect(await b.exhausted()).toBeNull()

  await server.kill()
  await expect.poll(() => replicas.map((replica) => replica.state())).toEqual(['away', 'away'])
  a.spend(10)
  expect(await b.exhausted()).toBeNull()
  await server.restart()
  await expect.poll(() => replicas.map((replica) => replica.state()), { timeout: 10_000 }).toEqual(['ready', 'ready'])
  await redis.set('limit:tokens:2026-03-01', '90', 'EX', 86_400) // whatever it lost
  await a.exhausted() // it is asked, though nothing is spent
  await expect.poll(() => b.exhausted()).toBe(2 * 60 * 60 * 1000)

  now += 3 * 60 * 60 * 1000
  expect(await a.exhausted()).toBeNull()
})

test('what was spent while Redis was away belongs to its day: the next one begins with nothing', async () => {
  let now = Date.parse('2026-04-01T22:00:00Z')
  const options = { limit: 100, clock: { ...systemClock, wallTime: () => now }, log: silentLog }
  const [a] = replicas.map((replica) => new RedisTokenBudget(replica, options))
  if (a === undefined) return expect.fail()
  await server.kill()
  await expect.poll(() => replicas[0]?.state()).toBe('away')
  a.spend(100)
  await expect.poll(() => a.exhausted()).toBe(2 * 60 * 60 * 1000)
  now += 3 * 60 * 60 * 1000
  expect(await a.exhausted()).toBeNull()
  await server.restart()
  await expect.poll(() => replicas[0]?.state(), { timeout: 10_000 }).toBe('ready')
  expect(await a.exhausted()).toBeNull()
  await expect.poll(() => replicas[0]?.commands.get('limit:tokens:2026-04-01')).toBe('100')
})

test('a day’s limit that is used up stays so while Redis can be read and takes no writes', async () => {
  const [connections] = replicas
  if (connections === undefined) return expect.fail()
  const budget = new RedisTokenBudget(connections, { limit: 100, clock: systemClock, log: silentLog })
  await connections.commands.config('SET', 'maxmemory', '1')
  try {
    budget.spend(150)
    const asked = Array.from({ length: 10 }, () => budget.exhausted())
    expect(await Promise.all(asked)).not.toContain(null)
    for (let i = 0; i < 10; i++) expect(await budget.exhausted()).not.toBeNull()
  } finally {
    await connections.commands.config('SET', 'maxmemory', '0')
  }
})
