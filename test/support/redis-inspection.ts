import type { Redis } from 'ioredis'

/** Every key that belongs to the session, by its hash tag. */
export function sessionKeys(redis: Redis, sessionId: string): Promise<string[]> {
  return redis.keys(`session:{${sessionId}}*`)
}

/** How often each command was called so far, by anybody, those inside scripts included. */
export async function callsOf(redis: Redis): Promise<Map<string, number>> {
  const lines = (await redis.info('commandstats')).matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)
  return new Map([...lines].map(([, command, calls]) => [command ?? '', Number(calls)]))
}
