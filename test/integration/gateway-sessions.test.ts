import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { callsOf, sessionKeys } from '../support/redis-inspection.ts'
import type { TestClient } from '../support/test-client.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, env: { SESSION_MAX_MESSAGES: '6', CONTEXT_MESSAGES: '4' } })
})
afterAll(() => cluster.stop())

/** Sends a message and waits for its answer. */
async function exchange(client: TestClient, sessionId: string, content: string): Promise<Message> {
  const { answer } = await client.send(sessionId, content)
  return client.ended(answer.id)
}

test('[S1] a session opened with no id, or with an unknown one, is new, under an id of the gateway', async () => {
  const client = await cluster.connect()
  const fresh = await client.open()
  expect(fresh).toMatchObject({ resumed: false, messages: [], replica: 'r1', backend: 'redis' })
  expect(fresh.session).toMatchObject({
    id: expect.stringMatching(UUID_V4),
    userId: null,
    messageCount: 0,
    ttlSeconds: 3600,
  })

  const unknown = randomUUID()
  const other = await client.open({ sessionId: unknown })
  expect(other.resumed).toBe(false)
  expect([unknown, fresh.session.id]).not.toContain(other.session.id)
  expect(await client.open({ sessionId: fresh.session.id.toUpperCase() })).toMatchObject({
    resumed: true,
    session: { id: fresh.session.id },
  })
})

test('[S2] a session is one hash that reads well, and all of its keys carry its hash tag and a TTL', async () => {
  cluster.model.say('An answer.')
  const client = await cluster.connect()
  const { session } = await client.open({ userId: 'ann' })
  const answer = await exchange(client, session.id, 'A question?')
  const redis = cluster.inspect()

  const { user_id, created_at, last_activity, seq, ...rest } = await redis.hgetall(`session:{${session.id}}`)
  expect({ user_id, created_at, seq }).toEqual({ user_id: 'ann', created_at: session.createdAt, seq: '2' })
  expect(new Date(last_activity ?? '').toISOString()).toBe(last_activity)
  expect(JSON.parse(rest['message:1'] ?? '')).toMatchObject({
    seq: 1,
    role: 'user',
    content: 'A question?',
    status: 'complete',
  })
  expect(JSON.parse(rest['message:2'] ?? '')).toEqual(answer)

  const keys = await redis.keys(`*${session.id}*`)
  expect(keys.every((key) => key.includes(`{${session.id}}`))).toBe(true)
  expect(await untimed(redis)).toEqual([])
})

test('[S3] message, open and extend set the full TTL again on every key of the session', async () => {
  cluster.model.say('Yes.')
  const client = await cluster.connect()
  const { session } = await client.open({ userId: 'berta' })
  const redis = cluster.inspect()
  const ways: Record<string, () => Promise<unknown>> = {
    message: () => exchange(client, session.id, 'More?'),
    open: () => client.open({ sessionId: session.id }),
    extend: async () =>
      expect(await client.request('session:extend', { sessionId: session.id })).toEqual({ ttlSeconds: 3600 }),
  }
  for (const [name, refresh] of Object.entries(ways)) {
    const keys = [...(await sessionKeys(redis, session.id)), 'user:{berta}:sessions']
    for (const key of keys) await redis.expire(key, 50)
    await refresh()
    for (const key of keys) {
      await eventually(`${name} refreshes ${key}`, async () => (await redis.ttl(key)) > 3500)
    }
  }
})

test('[S3] while an answer streams no key is without a TTL', async () => {
  const latch = cluster.model.saysInTwo('One ', 'two.')
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Count.')
  await client.text(answer.id)
  expect(await untimed(cluster.inspect())).toEqual([])
  latch.open()
  expect((await client.ended(answer.id)).content).toBe('One two.')
})

test('[S4] the oldest messages beyond SESSION_MAX_MESSAGES go, seq goes on rising', async () => {
  cluster.model.say('Right.')
  const client = await cluster.connect()
  const { session } = await client.open()
  for (let i = 1; i <= 5; i++) await exchange(client, session.id, `Number ${i}`)

  const opened = await client.open({ sessionId: session.id })
  expect(opened.messages.map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9, 10])
  expect(opened.session.messageCount).toBe(6)
  const stored = await cluster.inspect().hgetall(`session:{${session.id}}`)
  expect(Object.keys(stored).filter((field) => field.startsWith('message:'))).toHaveLength(6)
  const { messages, hasMore } = await client.request('session:history', { sessionId: session.id, before: 7, limit: 5 })
  expect({ seqs: messages.map(({ seq }) => seq), hasMore }).toEqual({ seqs: [5, 6], hasMore: false })
})

test('[S4] storing a message takes as many commands in a long session as in a short one', async () => {
  cluster.model.say('Ok.')
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const redis = cluster.inspect()
  await exchange(client, sessionId, 'first')
  await exchange(client, sessionId, 'second')
  const commandsOf = async () => {
    const before = await callsOf(redis)
    await exchange(client, sessionId, 'measured')
    const after = await callsOf(redis)
    return (after.get('evalsha') ?? 0) - (before.get('evalsha') ?? 0)
  }
  const early = await commandsOf()
  for (let i = 0; i < 10; i++) await exchange(client, sessionId, `filler ${i}`)
  expect(await commandsOf()).toBeLessThanOrEqual(early + 1) // a keep may fall in between
})

test('[S5] a replica whose copy is stale is brought what it lacks', async () => {
  cluster.model.answers(({ turns }) => `re: ${turns.at(-1)?.content}`)
  const first = await cluster.connect(0)
  const second = await cluster.connect(1)
  const sessionId = await first.newSession()
  await second.open({ sessionId })
  await exchange(first, sessionId, 'a')
  await exchange(second, sessionId, 'b')
  await exchange(second, sessionId, 'c')
  await exchange(first, sessionId, 'd')
  const given = cluster.model.requests.at(-1)?.turns.map(({ content }) => content)
  expect(given?.slice(1)).toEqual(['c', 're: c', 'd'])
})

test('[S6] resume: "latest" finds the live session of the user with the latest activity, on any replica', async () => {
  cluster.model.say('Noted.')
  const userId = `user-${randomUUID()}`
  const first = await cluster.connect(0)
  const second = await cluster.connect(1)
  const older = (await first.open({ userId })).session.id
  const newer = (await first.open({ userId })).session.id
  await exchange(first, newer, 'hello')
  await exchange(first, older, 'I am the latest now')
  const redis = cluster.inspect()
  await eventually(
    'the index knows',
    async () => (await redis.zrange(`user:{${userId}}:sessions`, '-1', '-1'))[0] === older,
  )

  const scansBefore = await scans(redis)
  expect(await second.open({ userId, resume: 'latest' })).toMatchObject({
    resumed: true,
    session: { id: older, userId },
  })
  await second.request('session:clear', { sessionId: older })
  expect(await second.open({ userId, resume: 'latest' })).toMatchObject({ resumed: true, session: { id: newer } })
  expect(await scans(redis)).toBe(scansBefore)
  await eventually('a cleared session leaves the index', async () => {
    return (await redis.zrange(`user:{${userId}}:sessions`, '0', '-1')).join() === newer
  })
  expect(await second.open({ userId: `${userId}-2`, resume: 'latest' })).toMatchObject({ resumed: false })
  expect(await second.refusal('session:open', { resume: 'latest' })).toMatchObject({ code: 'invalid' })
})

test('[S7] the model is given the system prompt and the last CONTEXT_MESSAGES messages from a user’s on', async () => {
  let count = 0
  cluster.model.answers(() => `answer ${++count}`)
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  for (let i = 1; i <= 4; i++) await exchange(client, sessionId, `question ${i}`)
  const given = cluster.model.requests
    .slice(-4)
    .map(({ turns }) => turns.map(({ role, content }) => `${role}: ${content}`))
  expect(given.map((turns) => turns[0])).toEqual(Array(4).fill('system: You are a helpful assistant.'))
  expect(given.map((turns) => turns.slice(1))).toEqual([
    ['user: question 1'],
    ['user: question 1', 'assistant: answer 1', 'user: question 2'],
    ['user: question 2', 'assistant: answer 2', 'user: question 3'],
    ['user: question 3', 'assistant: answer 3', 'user: question 4'],
  ])
})

/** Keys that would stay for ever. */
async function untimed(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*')
  const ttls = await Promise.all(keys.map((key) => redis.pttl(key)))
  return keys.filter((_, i) => ttls[i] === -1)
}

async function scans(redis: Redis): Promise<number> {
  const calls = await callsOf(redis)
  return (calls.get('scan') ?? 0) + (calls.get('keys') ?? 0)
}
