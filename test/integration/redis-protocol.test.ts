import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisMembership } from '../../src/store/redis/membership.ts'
import { PROTOCOL } from '../../src/store/redis/protocol.ts'
import { RedisUnusable } from '../../src/store/redis/unusable.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const keys = new Keys()
let server: TestRedis
let connections: RedisConnections
beforeEach(async () => {
  server = await startRedis()
  connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
})
afterEach(async () => {
  await connections?.close()
  await server?.stop()
})

const start = () => new RedisMembership(connections, { address: 'r1.1', leaseMs: 20_000 }).start()

/** A replica of another version lives on the same Redis. */
async function neighbour(protocol: number) {
  await connections.commands.sadd(keys.membership, 'r2.1')
  await connections.commands.set(keys.lease('r2.1'), protocol, 'PX', 20_000)
}

test('[G8] a replica says in its lease which protocol it speaks', async () => {
  await start()
  expect(await connections.commands.get(keys.lease('r1.1'))).toBe(String(PROTOCOL))
  expect(await connections.commands.ttl(keys.protocol)).toBeGreaterThan(0)
})

test.each([PROTOCOL - 1, PROTOCOL, PROTOCOL + 1])(
  '[G8] a replica starts beside one that speaks %i',
  async (protocol) => {
    await neighbour(protocol)
    await start()
  },
)

test('[G8] it does not start beside one that is two versions away, nor on what only later ones understand', async () => {
  await neighbour(PROTOCOL + 2)
  await expect(start()).rejects.toBeInstanceOf(RedisUnusable)
  await expect(start()).rejects.toThrow(`replica r2.1 runs on this Redis and speaks protocol ${PROTOCOL + 2}`)
  await connections.commands.del(keys.lease('r2.1'))
  await start() // it is dead

  await connections.commands.zadd(keys.protocol, PROTOCOL + 1, 'needed')
  await expect(start()).rejects.toThrow(`it needs protocol ${PROTOCOL + 1}, and this one speaks ${PROTOCOL}`)
})

test('[G8] what a version needs is never lowered by an older one', async () => {
  await connections.commands.zadd(keys.protocol, PROTOCOL, 'needed')
  await start()
  expect(await connections.commands.zscore(keys.protocol, 'needed')).toBe(String(PROTOCOL))
})

test.each([keys.membership, keys.protocol])(
  '[G7] %s of another application stops the start with a sentence',
  async (key) => {
    await connections.commands.set(key, 'of another application')
    const refused = start()
    await expect(refused).rejects.toThrow(RedisUnusable)
    await expect(refused).rejects.toThrow('set a KEY_PREFIX')
  },
)
