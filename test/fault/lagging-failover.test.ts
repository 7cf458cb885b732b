/** What a failover to a Redis that lagged behind undoes: its master had confirmed it (F4, D4). Made by putting old keys back. */
import { isDeepStrictEqual } from 'node:util'
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

test('[G6] an end is gone from Redis, and the answer ends otherwise: who was told the first one is given the other', async () => {
  const [first, other] = ['a', 'b'].map((name) => numbered(60, name)) as [string, string]
  cluster.model.say(first, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const watcher = await cluster.connect(1)
  await watcher.open({ sessionId })
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 50)
  const old = await keysOf(redis, sessionId)
  for (const client of [asker, watcher]) expect((await client.ended(answer.id)).content).toBe(first)
  cluster.model.answers(({ continues }) => (continues ?? '') + other.slice(continues?.length ?? 0))
  await putBack(redis, sessionId, old)
  const late = await cluster.connect(2)
  await late.open({ sessionId }) // meets an answer that nobody produces
  const end = await storedEnd(redis, sessionId, answer.seq)
  expect(end.content).toHaveLength(first.length)
  expect(end.content).not.toBe(first)
  for (const client of [asker, watcher, late])
    await client.until('it holds what Redis holds', () => isDeepStrictEqual(client.shown(answer.id), end))
})

test('[F4] an end is gone from Redis, with no client connected: its owner, which lives, ends it again', async () => {
  const text = numbered(60)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 50)
  const old = await keysOf(redis, sessionId)
  await asker.ended(answer.id)
  asker.close()
  await putBack(redis, sessionId, old)
  expect(await ownerOf(redis, sessionId)).toBe(0)
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub') // so is the connection, at each failover
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
