import type { Redis } from 'ioredis'

/** Redis cannot be used as it is, and waiting does not mend it; the message says what to do. */
export class RedisUnusable extends Error {
  override readonly name = 'RedisUnusable'
}

/** Redis lets the user not do something that Baton needs; `missing` as an ACL grants it. */
export function rightsMissing(place: string, redis: Redis, missing: Iterable<string>): RedisUnusable {
  const user = redis.options.username || 'default'
  return new RedisUnusable(
    `${place} does not let its user "${user}" do all that Baton needs. Missing: ${[...missing].join(' ')} (docs/operations.md of Baton's repository has an ACL that is enough)`,
  )
}
