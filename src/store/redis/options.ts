import type { Redis, RedisOptions } from 'ioredis'

/** Bounds every wait on a Redis, or a Sentinel, that is frozen or cut off without a word; milliseconds. */
export const TIMEOUT_MS = 2000

/** The first attempt to come back, within which milliseconds: before others take this replica for dead. */
const AT_ONCE_MS = 5

/** Never gives up: at most so many milliseconds apart, and spread out, so that the replicas do not all come back in the same instant. */
export const retryWithin =
  (mostMs: number) =>
  (attempt: number): number =>
    (attempt <= 1 ? AT_ONCE_MS : Math.min(mostMs, 25 * 2 ** Math.min(attempt, 10))) * (0.5 + Math.random() / 2)

export const retryDelay = retryWithin(500)

/** Between two pings of a connection, so that one that is dead is noticed. */
export const HEARTBEAT_MS = 1000

/**
 * For every socket to Redis. Chosen on purpose; each differs from ioredis's default because that would hang, grow or
 * apply a write twice.
 */
export const SOCKET_OPTIONS = {
  // What was sent when the connection broke fails at once, and only its sender may repeat it: sent again by the client
  // it could be applied twice, or after a newer write.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: TIMEOUT_MS,
  connectTimeout: TIMEOUT_MS,
  // Drops a connection on which an answer is due for so long: what waits on it is then refused instead of piling up.
  socketTimeout: 3000,
  enableReadyCheck: false, // asks for INFO, which an ACL may refuse; `checkFitness` asks more
  disableClientInfo: true, // two commands for each connection that an ACL may refuse
  // ioredis subscribes again without awaiting it: a second loss at that moment would end the process. Subscriptions does it.
  autoResubscribe: false,
} satisfies RedisOptions

/**
 * To be called once for every `Redis`. A TLS socket that is ended while its handshake is under way may tell of two errors:
 * that the handshake failed, and what the server says of its end. ioredis listens to the first alone, and the second
 * would end the process.
 */
export function outliveSecondError(redis: Redis): void {
  const isNew = oncePerSocket(redis)
  redis.on('error', () => isNew() && redis.stream?.on('error', () => {}))
}

/** Gives true once for each socket: ioredis keeps the last one, and tells of its errors, while no Sentinel names a next. */
export function oncePerSocket(redis: Redis): () => boolean {
  let seen: Redis['stream'] | undefined
  return () => {
    if (redis.stream === seen) return false
    seen = redis.stream
    return true
  }
}
