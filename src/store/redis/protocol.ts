import type { RedisConnections } from './connect.ts'
import { RedisUnusable } from './unusable.ts'

/**
 * Number of what replicas write into Redis and send each other (G8). It rises by one with every release that changes any of it;
 * a release runs beside the one before and the one after.
 *
 * 1: what replicas wrote that named no number. 2: bus messages of the kind `activity`.
 */
export const PROTOCOL = 2

/** The oldest protocol whose replicas can live with what this one writes. To be raised only where they cannot. */
const NEEDED = 1

/** Seconds for which it is remembered who can live with what is in Redis; counted from the last start of a replica. */
const REMEMBERED_S = 30 * 24 * 3600

type Connections = Pick<RedisConnections, 'commands' | 'keys'>

/**
 * Enters what this version needs of those that come after. Rejects with `RedisUnusable` where a later one wrote what this one
 * cannot live with, where a replica lives that is more than one version away, or where another application uses these keys.
 */
export async function meetProtocol(connections: Connections): Promise<void> {
  try {
    await meet(connections)
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('WRONGTYPE'))) throw error
    const { membership, protocol } = connections.keys
    throw new RedisUnusable(
      `the keys ${membership} and ${protocol} in Redis are another application's: set a KEY_PREFIX`,
    )
  }
}

async function meet({ commands, keys }: Connections): Promise<void> {
  const needed = Number((await commands.zscore(keys.protocol, 'needed')) ?? NEEDED)
  if (needed > PROTOCOL) {
    throw new RedisUnusable(
      `Redis holds what a later version of Baton wrote: it needs protocol ${needed}, and this one speaks ${PROTOCOL}. Start a later version, or set a KEY_PREFIX`,
    )
  }
  const addresses = await commands.smembers(keys.membership)
  const spoken = await Promise.all(addresses.map((address) => commands.get(keys.lease(address))))
  const far = spoken.findIndex((number) => Math.abs(Number(number ?? PROTOCOL) - PROTOCOL) > 1)
  if (far >= 0) {
    throw new RedisUnusable(
      `replica ${addresses[far]} runs on this Redis and speaks protocol ${spoken[far]}, this one speaks ${PROTOCOL}: a version runs beside the one before and the one after, no other`,
    )
  }
  await commands.zadd(keys.protocol, 'GT', NEEDED, 'needed')
  await commands.expire(keys.protocol, REMEMBERED_S)
}
