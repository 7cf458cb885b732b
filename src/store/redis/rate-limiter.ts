import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RateLimiter } from '../../ports/rate-limiter.ts'
import { type Allowance, limiterFrom, MINUTE } from '../limiter.ts'
import type { RedisConnections } from './connect.ts'

/** Counts over all replicas (X5); while Redis is away each replica counts for itself. */
export function redisRateLimiter(
  connections: Pick<RedisConnections, 'commands' | 'keys'>,
  { name, points }: Allowance,
): RateLimiter {
  return limiterFrom(
    new RateLimiterRedis({
      storeClient: connections.commands,
      keyPrefix: connections.keys.limit(name),
      points,
      duration: MINUTE,
      rejectIfRedisNotReady: true,
    }),
    limiterFrom(new RateLimiterMemory({ points, duration: MINUTE })),
  )
}
