import type { Redis } from 'ioredis'
import type { Endpoint } from './endpoint.ts'
import { RedisUnusable, rightsMissing } from './unusable.ts'

/**
 * Whether the node at the other end of a new connection is fit for use: it has the database, has loaded its data, takes
 * writes, and is a Redis of at least 7.0. Rejects with what is missing, `RedisUnusable` where waiting does not mend it.
 *
 * ioredis's own check needs the right to `INFO`, knows half of this, and goes on in database 0 where there is no such
 * database. `HELLO` says the same, and no ACL forbids it.
 */
export async function checkFitness(redis: Redis, name: string, kind: Endpoint['kind']): Promise<void> {
  const { db } = redis.options
  const refuse = (right: string) => (error: Error) => {
    if (/DB index/.test(error.message)) {
      const allowed = 'only those from 0 to below its "databases"'
      throw new RedisUnusable(`REDIS_URL: ${name} has no database ${db}, ${allowed} (${error.message})`)
    }
    throw error.message.startsWith('NOPERM') ? rightsMissing(name, redis, [right]) : error
  }
  checkGreeting(await greetingOf(redis), name, kind) // first: a Cluster's node refuses to select
  if (db) await redis.select(db).catch(refuse('+select'))
  await redis.ping().catch(refuse('+ping')) // LOADING while it reads its data from disk
}

/** What a node says of itself: `version`, `mode`, `role`. Nothing where it is older than `HELLO`. */
export async function greetingOf(redis: Redis): Promise<ReadonlyMap<unknown, unknown>> {
  const flat = await redis.call('HELLO').catch((error: Error) => {
    if (/unknown command/i.test(error.message)) return []
    throw error
  })
  const words = Array.isArray(flat) ? flat : []
  return new Map(words.flatMap((name, i) => (i % 2 === 0 ? [[name, words[i + 1]]] : [])))
}

/** Checks what `HELLO` says, as `checkFitness` does. */
export function checkGreeting(said: ReadonlyMap<unknown, unknown>, name: string, kind: Endpoint['kind']): void {
  checkMode(said, name, kind)
  const version = String(said.get('version') ?? 'unknown')
  if (!(Number.parseInt(version, 10) >= 7)) {
    throw new RedisUnusable(`${name} is Redis ${version}: Baton needs 7.0 or newer, for sharded pub/sub`)
  }
  if (said.get('role') !== 'replica') return
  if (kind === 'node')
    throw new RedisUnusable(`${name} is a replica, which takes no writes: REDIS_URL must name its master`)
  throw new Error('READONLY: it is a replica')
}

/** Throws where `HELLO` says that a server is of another kind than the settings have it. */
export function checkMode(said: ReadonlyMap<unknown, unknown>, name: string, kind: Endpoint['kind']): void {
  const mode = said.get('mode')
  if (mode === 'sentinel') {
    throw new RedisUnusable(
      `${name} is a Sentinel: it belongs in REDIS_SENTINELS, and its group's name in REDIS_MASTER`,
    )
  }
  if (kind !== 'cluster' && mode === 'cluster') {
    throw new RedisUnusable(
      `${name} is a node of a Cluster: REDIS_URL must list several of them, separated by commas, or its one address twice`,
    )
  }
  if (kind === 'cluster' && mode === 'standalone') {
    throw new RedisUnusable(
      `${name} is no node of a Cluster: REDIS_URL must name the master alone, or REDIS_SENTINELS list its Sentinels`,
    )
  }
}
