/** One replica alone loses Redis while another takes its answer over; then it comes back (G4, G2, D1). */
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { weightOfSession } from '../../src/session/weight.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { Scrape } from '../support/series.ts'
import type { TestClient } from '../support/test-client.ts'
import { newOwner, numbered, ownerOf, storedEnd, storedMessage, WORD_MS } from './fixtures.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, wired: true, env: { LEASE_MS: '600' } })
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  // A session that is opened while its replica is still alone is not told again that it is.
  await eventually('both replicas have Redis', async () => {
    const scrapes = await Promise.all(cluster.replicas.map(({ url }) => Scrape.of(url)))
    return scrapes.every((scrape) => scrape.value('baton_memory_mode') === 0)
  })
  return () => cluster.wire(0).mend()
})

const lastBackend = (client: TestClient) => client.all('backend').at(-1)?.backend
const isAway = (client: TestClient) => client.until('backend is memory', () => lastBackend(client) === 'memory')
const isBack = (client: TestClient) => client.until('backend is redis', () => lastBackend(client) === 'redis')

/** What the socket was shown of an answer in `deltas`, up to the first `backend` event after index `from`. */
function shownUntilBackend(client: TestClient, messageId: string, from: number): string {
  const told = client.received.findIndex(({ event }, i) => i >= from && event === 'backend')
  return client.received
    .slice(0, told)
    .flatMap((one) => (one.event === 'delta' && one.payload.messageId === messageId ? one.payload.text : []))
    .join('')
}

/** Waits until Redis holds `count` messages of the session, ended, and each client holds them exactly so. */
async function converged(redis: Redis, sessionId: string, count: number, clients: readonly TestClient[]) {
  const stored = await eventually('all answers end in Redis', async () => {
    const seqs = Array.from({ length: count }, (_, i) => i + 1)
    const messages = await Promise.all(seqs.map((seq) => storedMessage(redis, sessionId, seq)))
    return messages.every((message) => message !== null && message.status !== 'streaming') && messages
  })
  for (const client of clients) {
    const shown = () => stored.map(({ id }) => client.shown(id))
    await client.until('the client holds what Redis holds', () => JSON.stringify(shown()) === JSON.stringify(stored))
  }
  expect(await storedMessage(redis, sessionId, count + 1)).toBeNull()
  return stored
}

test('[G4] [G6] the answer was gone on with elsewhere in other words: Redis stands, who was told anything else is given it, and what was said here comes after it', async () => {
  const ours = numbered(260, 'here')
  const theirs = numbered(500, 'there')
  cluster.model.script(async function* ({ continues, turns }) {
    if (turns.some(({ content }) => content === 'Another')) return yield 'one more answer'
    for (const word of (continues === null ? ours : theirs).split(/(?<= )/)) {
      await new Promise((resolve) => setTimeout(resolve, WORD_MS))
      yield word
    }
  })
  const redis = cluster.inspect()
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const watcher = await cluster.connect(1)
  await watcher.open({ sessionId })
  const { answer } = await asker.send(sessionId, 'Tell me')
  await Promise.all([asker.text(answer.id, 100), watcher.text(answer.id, 100)])

  const from = asker.received.length
  cluster.wire(0).cut()
  await newOwner(redis, sessionId, 0)
  await isAway(asker)
  const durable = shownUntilBackend(asker, answer.id, from)
  const own = await asker.ended(answer.id)
  expect(own).toMatchObject({ content: ours, status: 'complete', attempt: 1 })
  const another = await asker.send(sessionId, 'Another')
  expect(another).toMatchObject({ persisted: false, backend: 'memory', message: { seq: 3 } })
  await asker.ended(another.answer.id)
  expect(lastBackend(watcher), 'the other replica has lost nothing').toBeUndefined()
  expect(await ownerOf(redis, sessionId)).toBe(1)

  cluster.wire(0).mend()
  const { after, messages } = await asker.event('session:sync', ({ sessionId: id }) => id === sessionId)
  expect(after).toBeLessThan(answer.seq)
  const given = messages.find(({ id }) => id === answer.id)
  expect(given?.content.startsWith(durable), 'what was shown as stored stands').toBe(true)
  const stored = await converged(redis, sessionId, 4, [asker, watcher])
  expect(stored.map(({ content }) => content)).toEqual([
    'Tell me',
    expect.stringMatching(/^here0 .* ?there0 .*there499$/s),
    'Another',
    'one more answer',
  ])
  expect(stored[1]).toMatchObject({ attempt: 1, status: 'complete', metadata: { replicas: ['r1', 'r2'] } })
  expect(stored[3]).toMatchObject({ id: another.answer.id, attempt: 1 })
  await isBack(asker)
  expect(watcher.all('session:sync'), 'who was told nothing else').toEqual([])
})

test('[G4] the answer was gone on with elsewhere, no more was shown here: clients here get the rest', async () => {
  const text = numbered(150)
  const gate = new Latch()
  onTestFinished(() => gate.open())
  cluster.model.script(async function* ({ continues }) {
    yield text.slice(continues?.length ?? 0, continues === null ? 300 : undefined)
    if (continues === null) await gate.opened
  })
  const redis = cluster.inspect()
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 300)
  cluster.wire(0).cut()
  await storedEnd(redis, sessionId, answer.seq)
  await isAway(asker)
  cluster.wire(0).mend()
  const final = await asker.ended(answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  const stored = await converged(redis, sessionId, 2, [asker])
  expect(stored[1]).toEqual(final)
  await isBack(asker)
})

test('[E] [G2] what happens on another replica meanwhile reaches the sockets of the one that was cut off', async () => {
  cluster.model.say('while you were away')
  const redis = cluster.inspect()
  const idle = await cluster.connect(0)
  const sessionId = await idle.newSession()
  const active = await cluster.connect(1)
  await active.open({ sessionId })
  cluster.wire(0).cut()
  await isAway(idle)
  const { answer, persisted } = await active.send(sessionId, 'Hello?')
  expect(persisted).toBe(true)
  await active.ended(answer.id)
  cluster.wire(0).mend()
  const stored = await converged(redis, sessionId, 2, [idle, active])
  expect(stored.map(({ content }) => content)).toEqual(['Hello?', 'while you were away'])
})

test('[G1] an answer that ended after another replica had written to its session: its owner knows that session when Redis goes', async () => {
  const [gate, text] = [new Latch(), numbered(100)]
  cluster.model.script(async function* ({ turns }) {
    if (turns.at(-1)?.content !== 'Long') return yield 'short'
    yield text
    await gate.opened
  })
  const [one, two] = [await cluster.connect(0), await cluster.connect(1)]
  const sessionId = await one.newSession()
  await two.open({ sessionId })
  cluster.wire(0).cut()
  await isAway(one)
  const { answer: long } = await two.send(sessionId, 'Long')
  const { answer: short, persisted } = await one.send(sessionId, 'Short')
  expect(persisted).toBe(false)
  await one.ended(short.id)
  cluster.wire(0).mend()
  await two.until('what the other brought back is shown', () => two.shown(short.id)?.status === 'complete')
  gate.open()
  await two.ended(long.id)
  onTestFinished(() => cluster.wire(1).mend())
  cluster.wire(1).cut()
  await isAway(two)
  const { answer: next } = await two.send(sessionId, 'Short again')
  await two.ended(next.id)
  cluster.wire(1).mend()
  await isBack(two)
  await converged(cluster.inspect(), sessionId, 6, [one, two])
})

test('[G1] [G2] a full FALLBACK_MAX_BYTES: more is refused as overloaded, and once it is written back there is room again', async () => {
  const small = await startCluster({ env: { FALLBACK_MAX_BYTES: '40000' } })
  onTestFinished(() => small.stop())
  small.model.say('a short answer')
  const redis = small.inspect().on('error', () => {})
  const client = await small.connect(0)
  const sessionId = await client.newSession()
  const expected: string[] = []
  for (let outage = 1; outage <= 2; outage++) {
    await small.redis.kill()
    await isAway(client)
    for (let full = false; !full; ) {
      const content = 'x'.repeat(1000)
      const reply = await client.ask('message:send', { sessionId, id: crypto.randomUUID(), content })
      if (reply.ok) {
        const { message, answer, persisted } = reply as unknown as {
          message: Message
          answer: Message
          persisted: boolean
        }
        expect(persisted).toBe(false)
        await client.ended(answer.id)
        expected.push(message.id, answer.id)
      } else {
        expect(reply.error).toMatchObject({ code: 'overloaded', retryable: true })
        full = true
      }
      expect(expected.length, 'the bound holds').toBeLessThan(outage * 2 * 20)
    }
    for (let room = true; room; ) room = (await client.ask('session:open', {})).ok
    expect(expected.length, 'what fits is taken').toBeGreaterThan(outage * 2 * 3)
    await small.redis.restart()
    await isBack(client)
    const stored = await converged(redis, sessionId, expected.length, [client])
    expect(stored.map(({ id }) => id)).toEqual(expected)
  }
})

const EMPTY_SESSION = weightOfSession({ userId: null }, [])

test.each([
  ['nothing', 0, false],
  ['not one session', EMPTY_SESSION - 1, false],
  ['one session', EMPTY_SESSION, true],
])(
  '[G7] a replica that may hold %s is ready while Redis is away only where it can serve one',
  async (_, room, serves) => {
    const bare = await startCluster({ env: { FALLBACK_MAX_BYTES: String(room) } })
    onTestFinished(() => bare.stop())
    const ready = async () => (await fetch(`${bare.urlOf(0)}/readyz`)).status
    expect(await ready()).toBe(200)
    const client = await bare.connect()
    await bare.redis.kill()
    await isAway(client)
    expect((await client.ask('session:open', {})).ok).toBe(serves)
    expect(await ready()).toBe(serves ? 200 : 503)
    await bare.redis.restart()
    await eventually('it is ready', async () => (await ready()) === 200)
  },
)

test('[E] [G6] a session that is cleared elsewhere is not brought back by the replica that was alone', async () => {
  const redis = cluster.inspect()
  const alone = await cluster.connect(0)
  const sessionId = await alone.newSession()
  cluster.model.script(async function* () {
    yield 'an answer'
  })
  await alone.ended((await alone.send(sessionId, 'Stored')).answer.id)
  const other = await cluster.connect(1)
  await other.open({ sessionId })
  cluster.wire(0).cut()
  await isAway(alone)
  await alone.ended((await alone.send(sessionId, 'Held')).answer.id)
  await other.request('session:clear', { sessionId })
  cluster.wire(0).mend()
  await alone.until('the session is over', () => alone.all('session:ended').length > 0)
  expect(alone.all('session:ended')).toEqual([{ sessionId, reason: 'cleared' }])
  await isBack(alone)
  expect(await redis.keys(`*${sessionId}*`)).toEqual([])
})
