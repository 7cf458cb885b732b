/** A Redis that evicts takes live sessions, for all of Baton's keys have a TTL: the start says so. */
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { startRedis } from '../support/redis.ts'
import { TestRedisCluster } from '../support/redis-cluster.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function redisServer(...options: string[]) {
  const server = await startRedis(options)
  ends.push(server.stop)
  return server
}

/** What a start warns of. */
async function warnings(...REDIS_URL: string[]): Promise<string[]> {
  const said: string[] = []
  const connections = await connectRedis({ REDIS_URL }, { ...silentLog, warn: (_, text) => void said.push(text) })
  await connections.close()
  return said
}

test.for(['volatile-lru', 'allkeys-lfu'])('a start warns once of a bounded Redis with %s', async (policy) => {
  const { url, port } = await redisServer('--maxmemory', '100mb', '--maxmemory-policy', policy)
  expect(await warnings(url)).toEqual([
    `Redis at 127.0.0.1:${port} evicts live sessions when it is full: its maxmemory-policy is ${policy}, and should be noeviction`,
  ])
})

test('it does not where nothing can be evicted: no bound, or noeviction', async () => {
  const unbounded = await redisServer('--maxmemory-policy', 'volatile-lru')
  expect(await warnings(unbounded.url)).toEqual([])
  const refusing = await redisServer('--maxmemory', '100mb', '--maxmemory-policy', 'noeviction')
  expect(await warnings(refusing.url)).toEqual([])
})

test('where the user may not ask, the start says nothing, and does not fill the ACL LOG', async () => {
  const { url, port } = await redisServer('--maxmemory', '100mb', '--maxmemory-policy', 'volatile-lru')
  const admin = new Redis(url)
  ends.push(() => admin.disconnect())
  const asBaton = `redis://baton:pw@127.0.0.1:${port}`
  await admin.call('ACL', 'SETUSER', 'baton', 'on', '>pw', '~*', '&*', '+@all', '-info')
  expect(await warnings(asBaton)).toEqual([])
  expect(await admin.call('ACL', 'LOG')).toEqual([])
  await admin.call('ACL', 'SETUSER', 'baton', '+info|memory')
  expect(await warnings(asBaton)).toHaveLength(1)
})

test('in a Cluster each master is asked, and one line tells', async () => {
  const cluster = await TestRedisCluster.start()
  ends.push(() => cluster.stop())
  const admins = cluster.urls.map((url) => new Redis(url))
  ends.push(() => admins.forEach((admin) => void admin.disconnect()))
  const roles = await Promise.all(admins.map((admin) => admin.role()))
  const [first, second] = admins.filter((_, i) => String(roles[i]).startsWith('master'))
  await first?.call('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'volatile-ttl')
  await second?.call('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru')
  const said = await warnings(...cluster.urls)
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(
    /^The Redis Cluster at .*: its maxmemory-policy is (volatile-ttl, allkeys-lru|allkeys-lru, volatile-ttl), and/,
  )
})
