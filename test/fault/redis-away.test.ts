/** Redis is away for all replicas: killed, frozen, full, read-only (G1, G2, G5, D1). */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import type { TestClient } from '../support/test-client.ts'
import { numbered, ownerOf, WORD_MS } from './fixtures.ts'
import { immortalKeys } from './redis-contents.ts'

const keys = new Keys()

/** Every call is acknowledged within this, whatever is away (G1). */
const ANSWER_MS = 6000

let cluster: Cluster
beforeAll(async () => {
  // With the default RATE_LIMIT: its counters are in Redis too.
  cluster = await startCluster({ replicas: 2, env: { LEASE_MS: '600', RATE_LIMIT: '120' } })
})
afterAll(() => cluster.stop())

interface StoreHealth {
  readonly kind: string
  /** Resolves once Redis takes no more writes. */
  begin(): Promise<unknown>
  end(): Promise<unknown>
  /** The answer goes on for so many words after it was found out. */
  readonly words: number
}

const outages: StoreHealth[] = [
  {
    kind: 'killed',
    begin: () => cluster.redis.kill(),
    end: () => cluster.redis.restart(),
    words: 200,
  },
  {
    kind: 'frozen for 10 s',
    begin: async () => cluster.redis.freeze(),
    end: async () => cluster.redis.thaw(),
    words: 700,
  },
  {
    kind: 'out of memory',
    begin: () => configure('CONFIG', 'SET', 'maxmemory', '1'),
    end: () => configure('CONFIG', 'SET', 'maxmemory', '0'),
    words: 60,
  },
  {
    kind: 'out of disk space',
    begin: async () => cluster.redis.fillDisk(),
    end: async () => cluster.redis.freeDisk(),
    words: 60,
  },
  {
    kind: 'read-only',
    begin: () => configure('REPLICAOF', '127.0.0.1', '1'),
    end: () => configure('REPLICAOF', 'NO', 'ONE'),
    words: 60,
  },
]

/** What this test asks Redis by; it is not told that Redis is away. */
function inspect(): Redis {
  return cluster.inspect().on('error', () => {})
}

async function configure(command: string, ...args: string[]): Promise<void> {
  const redis = inspect()
  await redis.call(command, ...args)
  redis.disconnect()
}

/** Fails where the promise takes longer than a client may have to wait. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await promise
  expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS)
  return result
}

/** The session as Redis has it. */
async function storedMessages(redis: Redis, sessionId: string): Promise<Message[]> {
  const fields = await redis.hgetall(keys.session(sessionId))
  return Object.entries(fields)
    .filter(([field]) => field.startsWith('message:'))
    .map(([, json]) => JSON.parse(json) as Message)
    .sort((a, b) => a.seq - b.seq)
}

/** Waits until every answer of the session has ended in Redis and each client holds exactly what that has. */
async function converged(redis: Redis, sessionId: string, clients: readonly TestClient[]): Promise<Message[]> {
  const stored = await eventually('all answers end in Redis', async () => {
    const messages = await storedMessages(redis, sessionId)
    return messages.length > 0 && messages.every(({ status }) => status !== 'streaming') && messages
  })
  for (const client of clients) {
    const shown = () => stored.map(({ id }) => client.shown(id))
    await client.until('the client holds what Redis holds', () => JSON.stringify(shown()) === JSON.stringify(stored))
  }
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1))
  expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
  return stored
}

const lastBackend = (client: TestClient) => client.all('backend').at(-1)?.backend

for (const outage of outages) {
  test(`[G1] [G2] [G5] Redis ${outage.kind} in the middle of an answer: nobody notices but by \`backend\`, and nothing is lost`, async () => {
    const text = numbered(100 + outage.words)
    cluster.model.say(text, { everyMs: WORD_MS })
    const redis = inspect()
    const asker = await cluster.connect(0)
    const sessionId = await asker.newSession()
    const watcher = await cluster.connect(1)
    await watcher.open({ sessionId })
    const idle = await cluster.connect(0)
    const other = await idle.newSession()
    const [stranger] = [await cluster.connect(1)]
    const elsewhere = await stranger.newSession()
    const { answer, persisted } = await asker.send(sessionId, 'Tell me')
    expect(persisted).toBe(true)
    await Promise.all([asker.text(answer.id, 100), watcher.text(answer.id, 100)])
    const before = [asker, watcher, idle, stranger].map((client) => client.all('backend').length)
    onTestFinished(async () => {
      cluster.redis.thaw()
    })

    const began = performance.now()
    await outage.begin()
    const clients = [asker, watcher, idle, stranger]
    await Promise.all(
      clients.map((client) => client.until('backend is memory', () => lastBackend(client) === 'memory')),
    )
    const shown = asker.shown(answer.id)?.content.length ?? 0
    await asker.text(answer.id, shown + 50) // it streams on

    const fresh = await cluster.connect(0)
    const opened = await soon(fresh.open())
    expect(opened).toMatchObject({ resumed: false, backend: 'memory' })
    cluster.model.say('short and whole')
    const sent = await soon(idle.send(other, 'Are you there?'))
    expect(sent).toMatchObject({ persisted: false, backend: 'memory' })
    expect((await idle.ended(sent.answer.id)).content).toBe('short and whole')
    const first = await soon(fresh.send(opened.session.id, 'And I?'))
    expect(first).toMatchObject({ persisted: false, message: { seq: 1 } })
    const again = await soon(fresh.send(opened.session.id, 'And I?', first.message.id))
    expect(again).toMatchObject({ message: { seq: 1 }, answer: { id: first.answer.id } })
    for (const unknown of [randomUUID(), elsewhere]) {
      const refusal = await soon(fresh.refusal('session:open', { sessionId: unknown }))
      expect(refusal).toMatchObject({ code: 'overloaded', retryable: true })
      expect(refusal.retryAfterMs).toBeGreaterThan(0)
    }
    const { url } = cluster.replica(0)
    expect((await soon(fetch(`${url}/readyz`))).status).toBe(200)
    expect(await (await soon(fetch(`${url}/metrics`))).text()).toMatch(/^baton_redis_up\{.*\} 0$/m)
    const posted = await soon(
      fetch(`${url}/api/chat/sessions/${other}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'By HTTP' }),
      }),
    )
    expect(await posted.json()).toMatchObject({ session_persisted: false, backend: 'memory', conversation_length: 4 })
    const missing = await soon(fetch(`${url}/api/chat/sessions/${randomUUID()}`))
    expect(missing.status).toBe(503)

    if (outage.kind.includes('10 s')) await eventually('10 s are over', () => performance.now() - began > 10_000)
    await outage.end()
    await Promise.all(clients.map((client) => client.until('backend is redis', () => lastBackend(client) === 'redis')))
    const told = clients.map((client, i) => client.all('backend').slice(before[i]))
    expect(told).toEqual(clients.map(() => [{ backend: 'memory' }, { backend: 'redis' }]))

    const stored = await converged(redis, sessionId, [asker, watcher])
    expect(stored.map(({ content }) => content)).toEqual(['Tell me', text])
    expect(stored[1]).toMatchObject({ attempt: 1, status: 'complete' })
    const finals = asker
      .all('message')
      .filter(({ message }) => message.id === answer.id && message.status === 'complete')
    expect(finals).toHaveLength(1)
    const others = await converged(redis, other, [idle])
    expect(others.map(({ content }) => content)).toEqual([
      'Are you there?',
      'short and whole',
      'By HTTP',
      'short and whole',
    ])
    const news = await converged(redis, opened.session.id, [fresh])
    expect(news.map(({ id }) => id)).toEqual([first.message.id, first.answer.id])
    expect(await soon(idle.send(other, 'Safe again?'))).toMatchObject({ persisted: true, backend: 'redis' })
    const elsewhereAgain = await fresh.open({ sessionId: elsewhere })
    expect(elsewhereAgain.resumed, 'what could not be looked up is still there').toBe(true)
    expect(await immortalKeys(redis)).toEqual([])
    expect(await ownerOf(redis, sessionId)).toBeNull()
    await eventually('baton_redis_up is 1', async () =>
      /^baton_redis_up\{.*\} 1$/m.test(await (await fetch(`${url}/metrics`)).text()),
    )
  })
}

test('[D1] until it is certain that Redis is away, nothing more is shown, and `backend` comes before what is not stored', async () => {
  cluster.model.say(numbered(150), { everyMs: WORD_MS })
  const redis = inspect()
  const client = await cluster.connect(0)
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Tell me')
  await client.text(answer.id, 100)
  await configure('REPLICAOF', '127.0.0.1', '1') // it takes nothing more, and can still be read
  const stored = await eventually('Redis stands still', async () => {
    const key = (await redis.keys(`${keys.session(sessionId)}:text:*`))[0] ?? ''
    return (await redis.getrange(key, 1, -1)) || null
  })
  await client.until('backend is memory', () => lastBackend(client) === 'memory')
  const told = client.received.findLastIndex(({ event }) => event === 'backend')
  const durable = client.received
    .slice(0, told)
    .flatMap((one) => (one.event === 'delta' && one.payload.messageId === answer.id ? one.payload.text : []))
    .join('')
  expect(durable).toBe(stored)
  await client.text(answer.id, stored.length + 50)
  await configure('REPLICAOF', 'NO', 'ONE')
  await client.until('backend is redis', () => lastBackend(client) === 'redis')
  await converged(redis, sessionId, [client])
})

test('[G1] [G2] Redis is killed while nothing happens: idle sockets are told of it, and of its return', async () => {
  const clients = await Promise.all([0, 1].map((where) => cluster.connect(where)))
  await cluster.redis.kill()
  await Promise.all(clients.map((client) => client.event('backend', ({ backend }) => backend === 'memory')))
  await cluster.redis.restart()
  await Promise.all(clients.map((client) => client.event('backend', ({ backend }) => backend === 'redis')))
  expect(clients.map((client) => client.all('backend').map(({ backend }) => backend))).toEqual([
    ['memory', 'redis'],
    ['memory', 'redis'],
  ])
})
