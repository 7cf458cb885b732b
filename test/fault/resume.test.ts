/** How a killed owner's answer goes on, by LLM_API, LLM_RESUME and LLM_CONTINUE (F3, F4). */
import { expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import type { TestClient } from '../support/test-client.ts'
import { loyalClient, numbered, WORD_MS } from './fixtures.ts'

const TEXT = numbered(70)

async function clusterOf(env: Record<string, string>): Promise<Cluster> {
  const cluster = await startCluster({ replicas: 2, env })
  onTestFinished(() => cluster.stop())
  return cluster
}

/** r1 answers and is killed in the middle; resolves with the final message as a client of r2 is shown it. */
async function killMidway(
  cluster: Cluster,
  attempt = 1,
): Promise<{ final: Message; sessionId: string; watcher: TestClient }> {
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const [watcher] = await loyalClient(cluster, 1, sessionId)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await watcher.text(answer.id, 200)
  await cluster.replica(0).kill()
  return { final: await watcher.ended(answer.id, attempt), sessionId, watcher }
}

test('[F3] reattach: the provider is asked once, and read on from the stored sequence number', async () => {
  const cluster = await clusterOf({ LLM_API: 'responses' })
  cluster.model.say(TEXT, { everyMs: WORD_MS })
  const { final } = await killMidway(cluster)
  expect(final).toMatchObject({ content: TEXT, status: 'complete', attempt: 1 })
  expect(final.metadata.replicas).toEqual(['r1', 'r2'])
  expect(cluster.model.generations).toBe(1)
  expect(cluster.model.cancels).toBe(0)
  const [create, retrieve, ...more] = cluster.model.requests
  expect([create?.kind, retrieve?.kind, more.length]).toEqual(['create', 'retrieve', 0])
  expect(Number(new URL(`http://model${retrieve?.path}`).searchParams.get('starting_after'))).toBeGreaterThan(0)
})

for (const style of ['instruct', 'prefix', 'vllm']) {
  test(`[F3] continue by ${style}: the stored text is handed to the model, and what it repeats is trimmed`, async () => {
    const cluster = await clusterOf({ LLM_CONTINUE: style })
    cluster.model.say(TEXT, { everyMs: WORD_MS, repeats: style === 'instruct' ? 20 : 0 })
    const { final } = await killMidway(cluster)
    expect(final).toMatchObject({ content: TEXT, status: 'complete', attempt: 1 })
    expect(final.metadata.replicas).toEqual(['r1', 'r2'])
    expect(cluster.model.generations).toBe(1)
    const continuation = cluster.model.requests.at(-1)
    expect(continuation?.continues?.length).toBeGreaterThanOrEqual(200)
    expect(TEXT.startsWith(continuation?.continues ?? 'nothing')).toBe(true)
  })
}

test('[F3] [F8] continue with the responses API: no background work, so that nothing is left to cancel', async () => {
  const cluster = await clusterOf({ LLM_API: 'responses', LLM_RESUME: 'continue' })
  cluster.model.say(TEXT, { everyMs: WORD_MS })
  const { final } = await killMidway(cluster)
  expect(final).toMatchObject({ content: TEXT, status: 'complete', attempt: 1 })
  expect(cluster.model.requests.map(({ kind, body }) => [kind, body.background])).toEqual([
    ['create', undefined],
    ['create', undefined],
  ])
})

test('[F3] restart: the text starts again under the next attempt', async () => {
  const cluster = await clusterOf({ LLM_RESUME: 'restart' })
  cluster.model.say(TEXT, { everyMs: WORD_MS })
  const { final } = await killMidway(cluster, 2)
  expect(final).toMatchObject({ content: TEXT, status: 'complete', attempt: 2 })
  expect(final.metadata.replicas).toEqual(['r2'])
  expect(cluster.model.generations).toBe(2)
})

test('[F4] none: the answer ends as interrupted with its text kept, and can be regenerated', async () => {
  const cluster = await clusterOf({ LLM_RESUME: 'none' })
  cluster.model.say(TEXT, { everyMs: WORD_MS })
  const { final, sessionId, watcher } = await killMidway(cluster)
  expect(final.status).toBe('error')
  expect(final.metadata.error).toMatchObject({ code: 'interrupted', retryable: true })
  expect(final.content.length).toBeGreaterThanOrEqual(200)
  expect(TEXT.startsWith(final.content)).toBe(true)
  expect(cluster.model.generations).toBe(1)
  await watcher.request('message:regenerate', { sessionId, messageId: final.id })
  expect(await watcher.ended(final.id, 2)).toMatchObject({ content: TEXT, status: 'complete' })
})

test('[F6] [F3] a provider that cuts the connection in the middle is asked to go on by the same replica', async () => {
  for (const env of [{ LLM_API: 'chat' }, { LLM_API: 'responses' }]) {
    const cluster = await clusterOf(env)
    cluster.model.say(TEXT, { everyMs: WORD_MS })
    const client = await cluster.connect(0)
    const sessionId = await client.newSession()
    const { answer } = await client.send(sessionId, 'Tell me')
    await client.text(answer.id, 100)
    cluster.model.dropConnections()
    const final = await client.ended(answer.id)
    expect(final).toMatchObject({ content: TEXT, status: 'complete', attempt: 1 })
    expect(final.metadata.replicas).toEqual(['r1'])
    expect(cluster.model.generations).toBe(1)
  }
})
