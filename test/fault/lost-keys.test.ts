/** A key of a session is lost while its answer runs: an operator's DEL, or Redis evicts it (G6). */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Keys } from '../../src/store/redis/keys.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import type { TestClient } from '../support/test-client.ts'
import { reviveAfterwards, storedMessage } from './fixtures.ts'

const keys = new Keys()

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2 })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

/** An answer that has said something and is not done, with a client on each replica; the first owns it. */
async function midway() {
  const goOn = new Latch()
  const asked = cluster.model.generations
  cluster.model.script(async function* () {
    yield 'So far, so good. '
    if (cluster.model.generations === asked + 1) await goOn.opened
    yield 'The end.'
  })
  const clients = [await cluster.connect(0), await cluster.connect(1)] as const
  const sessionId = await clients[0].newSession()
  await clients[1].open({ sessionId })
  const { answer } = await clients[0].send(sessionId, 'Well?')
  for (const client of clients) await client.text(answer.id)
  const redis = cluster.inspect()
  const epoch = (await redis.hget(keys.answer(sessionId), 'epoch')) ?? ''
  return { clients, sessionId, answer, redis, epoch: Number(epoch), goOn }
}

const answersRunning = async (replica: number): Promise<number> => {
  const metrics = await (await fetch(`${cluster.replica(replica).url}/metrics`)).text()
  return Number(/^baton_answers_running(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1])
}

test('[G6] of the session: its sockets everywhere are told that it is gone, and nobody goes on with its answer', async () => {
  const { clients, sessionId, redis } = await midway()
  await redis.del(keys.session(sessionId))
  for (const client of clients) expect(await client.event('session:ended')).toEqual({ sessionId, reason: 'expired' })
  await eventually('no answer runs', async () => (await answersRunning(0)) + (await answersRunning(1)) === 0)
  expect(await redis.exists(keys.session(sessionId))).toBe(0)
})

const LOST = {
  slot: (sessionId: string) => keys.answer(sessionId),
  text: (sessionId: string, epoch: number) => keys.text(sessionId, epoch),
}

async function endsAsInterrupted(client: TestClient, id: string) {
  const message = await client.ended(id)
  expect(message).toMatchObject({ status: 'error', content: 'So far, so good. ' })
  expect(message.metadata.error).toMatchObject({ code: 'interrupted', retryable: true })
  return message
}

test.each(Object.entries(LOST))(
  '[G6] of the %s: the answer ends as an error with its text, and can be asked for again',
  async (_, keyOf) => {
    const { clients, sessionId, answer, redis, epoch } = await midway()
    await redis.del(keyOf(sessionId, epoch))
    const [first, second] = await Promise.all(clients.map((client) => endsAsInterrupted(client, answer.id)))
    expect(first).toEqual(second)
    expect(await storedMessage(redis, sessionId, answer.seq)).toEqual(first)
    await clients[1].request('message:regenerate', { sessionId, messageId: answer.id })
    expect((await clients[0].ended(answer.id, 2)).content).toBe('So far, so good. The end.')
  },
)

test('[G6] [F4] of the slot, and the next question comes before that is noticed: the first answer ends with its text, for everybody', async () => {
  const { clients, sessionId, answer, redis } = await midway()
  await redis.del(keys.answer(sessionId))
  const { answer: next } = await clients[1].send(sessionId, 'And now?')
  const [first, second] = await Promise.all(clients.map((client) => endsAsInterrupted(client, answer.id)))
  expect(first).toEqual(second)
  for (const client of clients) expect((await client.ended(next.id)).status).toBe('complete')
  await eventually('the model is let go', async () => (await answersRunning(0)) + (await answersRunning(1)) === 0)
  const late = await cluster.connect(0)
  const { messages } = await late.open({ sessionId })
  expect(messages[1]).toEqual(first)
  expect(messages.map(({ status }) => status)).toEqual(['complete', 'error', 'complete', 'complete'])
  expect((await late.request('session:history', { sessionId })).messages).toEqual(messages)
})

test('[G6] [F4] of the text, then of its owner: who takes the answer over ends it', async () => {
  const { clients, sessionId, answer, redis, epoch } = await midway()
  cluster.replica(0).freeze()
  await redis.del(keys.text(sessionId, epoch))
  await cluster.replica(0).kill()
  const message = await clients[1].ended(answer.id, 2)
  expect(message.content).toBe('')
  expect(message.metadata.error).toMatchObject({ code: 'interrupted' })
  expect(await storedMessage(redis, sessionId, answer.seq)).toEqual(message)
})

test('[G6] [F4] of the slot, then of its owner: the answer ends, for whoever was there and whoever comes', async () => {
  const { clients, sessionId, answer, redis } = await midway()
  cluster.replica(0).freeze()
  await redis.del(keys.answer(sessionId))
  await cluster.replica(0).kill()
  expect((await clients[1].ended(answer.id, 2)).metadata.error).toMatchObject({ code: 'interrupted' })
  const late = await cluster.connect(1)
  expect((await late.open({ sessionId })).messages.at(-1)?.status).toBe('error')
})

test('[F1] [G6] a key that holds something else ends that answer alone', async () => {
  const { clients, sessionId, answer, redis, epoch, goOn } = await midway()
  await redis.del(keys.text(sessionId, epoch))
  await redis.hset(keys.text(sessionId, epoch), 'not', 'ours')
  const other = await clients[0].newSession()
  const { answer: fine } = await clients[0].send(other, 'And you?')
  goOn.open()
  await clients[0].ended(answer.id)
  expect((await clients[0].ended(fine.id)).status).toBe('complete')
})
