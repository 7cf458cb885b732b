import { Redis } from 'ioredis'
import type { RedisClient } from '../../src/store/redis/nodes.ts'

/** Keys that would stay for ever (S3). */
export async function immortalKeys(redis: RedisClient): Promise<string[]> {
  const masters = redis instanceof Redis ? [redis] : redis.nodes('master')
  return (await Promise.all(masters.map(immortalKeysAt))).flat()
}

async function immortalKeysAt(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*')
  const ttls = await Promise.all(keys.map((key) => redis.ttl(key)))
  return keys.filter((_, i) => ttls[i] === -1)
}
