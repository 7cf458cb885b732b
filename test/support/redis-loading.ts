import { Redis } from 'ioredis'
import { eventually } from './conditions.ts'
import type { TestRedis } from './redis.ts'

const KEYS = 20_000

/** Arguments of a redis-server that takes some seconds to read what `fillRedis` wrote from disk, and answers meanwhile. */
export const LOADS_SLOWLY = ['--key-load-delay', '100']

/** Gives the number of keys that it wrote; those of a Cluster with the hash tag `tag`. */
export async function fillRedis({ port }: TestRedis, tag = ''): Promise<number> {
  const admin = new Redis(port)
  const pipeline = admin.pipeline()
  for (let i = 0; i < KEYS; i++) pipeline.set(`{${tag}}:${i}`, 'x')
  await pipeline.exec()
  admin.disconnect()
  return KEYS
}

/** Resolves once it says that it reads its data. */
export async function untilLoading({ port }: TestRedis): Promise<void> {
  const admin = new Redis(port, { enableReadyCheck: false, maxRetriesPerRequest: 0, retryStrategy: () => 20 })
  admin.on('error', () => {})
  try {
    await eventually('it reads its data', () =>
      admin.ping().then(
        () => false,
        (error: Error) => error.message.startsWith('LOADING'),
      ),
    )
  } finally {
    admin.disconnect()
  }
}
