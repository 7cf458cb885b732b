/** What a failover to a Redis that lagged behind undoes: its master had confirmed it (F4, D4). Made by putting old keys back. */
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { loyalClient, newOwner, numbered, ownerOf, reviveAfterwards, storedEnd, WORD_MS } from './fixtures.ts'

const names = new Keys()

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 3, nginx: false })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

test('[D4] [F4] the end of what was shown is gone from Redis: it is stored again, and the answer becomes whole', async () => {
  const text = numbered(150)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const [asker, sessionId] = await loyalClient(cluster, 0)
  const [watcher] = await loyalClient(cluster, 1, sessionId)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 100)
  const old = await keysOf(redis, sessionId)
  await asker.text(answer.id, 300)
  await putBack(redis, sessionId, old)
  const finals = await Promise.all([asker.ended(answer.id), watcher.ended(answer.id)])
  for (const final of finals) expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(await storedEnd(redis, sessionId, answer.seq)).toMatchObject({ content: text, status: 'complete' })
})

test('[F2] [F4] a takeover is gone from Redis: somebody takes the answer again, with no client connected', async () => {
  const text = numbered(200)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 100)
  asker.close()
  await cluster.replica(0).kill()
  const old = await keysOf(redis, sessionId)
  await newOwner(redis, sessionId, 0)
  await putBack(redis, sessionId, old)
  expect(await ownerOf(redis, sessionId)).toBe(0)
  expect(await storedEnd(redis, sessionId, answer.seq)).toMatchObject({ content: text, status: 'complete' })
})

type Dumps = readonly { readonly key: string; readonly dump: Buffer; readonly ttl: number }[]

async function keysOf(redis: Redis, sessionId: string): Promise<Dumps> {
  const keys = await redis.keys(`${names.session(sessionId)}*`)
  return Promise.all(
    keys.map(async (key) => ({
      key,
      dump: (await redis.dumpBuffer(key)) ?? Buffer.alloc(0),
      ttl: await redis.pttl(key),
    })),
  )
}

/** The session as it was, in one step. */
async function putBack(redis: Redis, sessionId: string, old: Dumps): Promise<void> {
  const now = await redis.keys(`${names.session(sessionId)}*`)
  const transaction = redis.multi().del(...now)
  for (const { key, dump, ttl } of old) transaction.restore(key, ttl, dump)
  for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error
}
