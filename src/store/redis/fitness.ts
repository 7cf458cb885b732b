import type { Redis } from 'ioredis'
import { RedisUnusable, rightsMissing } from './unusable.ts'

/**
 * Whether the node at the other end of a new connection is fit for use: it has the database, has loaded its data, takes
 * writes, and is a Redis of at least 7.0. Rejects with what is missing, `RedisUnusable` where waiting does not mend it.
 *
 * ioredis's own check knows half of this, and goes on in database 0 where there is no such database.
 */
export async function checkFitness(redis: Redis, name: string, kind: 'node' | 'sentinel' | 'cluster'): Promise<void> {
  const { db } = redis.options
  const refuse = (right: string) => (error: Error) => {
    if (/DB index/.test(error.message)) throw new RedisUnusable(`${name} has no database ${db} (${error.message})`)
    throw error.message.startsWith('NOPERM') ? rightsMissing(name, redis, [right]) : error
  }
  if (db) await redis.select(db).catch(refuse('+select'))
  checkInfo(await redis.info().catch(refuse('+info')), name, kind)
}

/** Checks what `INFO` says, as `checkFitness` does. */
export function checkInfo(info: string, name: string, kind: 'node' | 'sentinel' | 'cluster'): void {
  const said = (field: string) => new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1]
  if (said('redis_mode') === 'sentinel') {
    throw new RedisUnusable(
      `${name} is a Sentinel: it belongs in REDIS_SENTINELS, and its group's name in REDIS_MASTER`,
    )
  }
  const version = said('redis_version') ?? 'unknown'
  if (!(Number.parseInt(version, 10) >= 7)) {
    throw new RedisUnusable(`${name} is Redis ${version}: Baton needs 7.0 or newer, for sharded pub/sub`)
  }
  if (kind !== 'cluster' && said('redis_mode') === 'cluster') {
    throw new RedisUnusable(`${name} is a node of a Cluster: REDIS_URL must list several of them, separated by commas`)
  }
  if (said('loading') === '1') throw new Error('LOADING: it reads its data from disk')
  if (said('role') !== 'slave') return
  if (kind === 'node')
    throw new RedisUnusable(`${name} is a replica, which takes no writes: REDIS_URL must name its master`)
  throw new Error('READONLY: it is a replica')
}
