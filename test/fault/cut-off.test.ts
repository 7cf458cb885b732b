/** One replica alone is cut off from Redis: the others go on, and what it sends late is refused (F1, F2). */
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { TestClient } from '../support/test-client.ts'
import { loyalClient, newOwner, numbered, storedEnd, WORD_MS } from './fixtures.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, wired: true, env: { LEASE_MS: '600' } })
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  onTestFinished(() => cluster.wire(0).mend())
  await eventually('both replicas have Redis', async () => {
    const ready = await Promise.all(cluster.replicas.map(async ({ url }) => (await fetch(`${url}/readyz`)).json()))
    return ready.every(({ backend }) => backend === 'redis') // in memory mode they are ready, too
  })
})

/** r1 answers, and is cut off in the middle; resolves, with a client of r2, once r2 owns the answer. */
async function cutOff(text: string): Promise<{ watcher: TestClient; answer: Message; sessionId: string }> {
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  // Not `cluster.connect`: what a client of the cut-off replica is shown meanwhile is the matter of other rules (G).
  const asker = await TestClient.connect(cluster.urlOf(0))
  onTestFinished(() => asker.close())
  const sessionId = await asker.newSession()
  const [watcher] = await loyalClient(cluster, 1, sessionId)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await watcher.text(answer.id, 100)
  cluster.wire(0).cut()
  await newOwner(redis, sessionId, 0)
  return { watcher, answer, sessionId }
}

function ended(client: TestClient, messageId: string): Promise<Message> {
  return client.until('the answer ends', () => {
    const message = client.shown(messageId)
    return message !== undefined && message.status !== 'streaming' && message
  })
}

test('[F2] an owner that is cut off from Redis is taken over, and clients elsewhere miss nothing', async () => {
  const text = numbered(200)
  const { watcher, answer } = await cutOff(text)
  const final = await ended(watcher, answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete' })
  expect(final.metadata.replicas).toEqual(['r1', 'r2'])
})

test('[F1] appends that were under way when the wire was cut arrive late, and are refused', async () => {
  const text = numbered(300)
  const { watcher, answer, sessionId } = await cutOff(text)
  const shown = watcher.shown(answer.id)?.content.length ?? 0
  await watcher.text(answer.id, shown + 100)
  cluster.wire(0).mend()
  const final = await ended(watcher, answer.id)
  expect(final.content).toBe(text)
  expect((await storedEnd(cluster.inspect(), sessionId, answer.seq, final.attempt)).content).toBe(text)
})
