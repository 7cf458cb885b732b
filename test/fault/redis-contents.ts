import type { Redis } from 'ioredis'

/** Keys that would stay for ever (S3). */
export async function immortalKeys(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*')
  const ttls = await Promise.all(keys.map((key) => redis.ttl(key)))
  return keys.filter((_, i) => ttls[i] === -1)
}
