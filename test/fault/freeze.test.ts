/** SIGSTOP of the owner: the lease runs out, another goes on, and the sleeper that wakes up adds nothing (F1, F2). */
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { Clients, when } from '../support/clients.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { loyalClient, newOwner, numbered, ownerOf, reviveAfterwards, WORD_MS } from './fixtures.ts'

const LEASE_MS = 600

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, env: { LEASE_MS: String(LEASE_MS) } })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

test('[F2] a frozen owner is taken over once its lease has run out, not before half of it', async () => {
  const text = numbered(150)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const [watcher] = await loyalClient(cluster, 1, sessionId)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await watcher.text(answer.id, 100)
  const frozenAt = performance.now()
  cluster.replica(0).freeze()
  await newOwner(redis, sessionId, 0)
  expect(performance.now() - frozenAt).toBeGreaterThan(LEASE_MS / 2) // renewed every third of it
  const final = await watcher.ended(answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(final.metadata.replicas).toEqual(['r1', 'r2'])
})

test('[F1] an owner that wakes up in the middle of its successor’s work adds nothing, and its clients see the whole text', async () => {
  const text = numbered(300)
  cluster.model.say(text, { everyMs: WORD_MS })
  const redis = cluster.inspect()
  const [asker, sessionId] = await loyalClient(cluster, 0)
  const [watcher] = await loyalClient(cluster, 1, sessionId)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 200)
  cluster.replica(0).freeze()
  await newOwner(redis, sessionId, 0)
  const shown = watcher.shown(answer.id)?.content.length ?? 0
  await watcher.text(answer.id, shown + 100)
  cluster.replica(0).thaw()

  const finals = await Promise.all([asker.ended(answer.id), watcher.ended(answer.id)])
  expect(finals[0]).toEqual(finals[1])
  expect(finals[0]).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(finals[0].metadata.replicas).toEqual(['r1', 'r2'])
  const noticed = ({ msg }: { msg?: unknown }) => msg === 'answer is owned elsewhere by now'
  await eventually('the sleeper learns that it was replaced', () => cluster.replica(0).logs.some(noticed))
  expect(
    cluster.replica(0).logs.filter((line) => line.msg === 'took an answer over' && line.message === answer.id),
  ).toEqual([])
})

test('[F2] a pause shorter than the lease costs nobody the answer', async () => {
  const leaseMs = 6000 // to be back in time, whatever else runs here
  const pair = await startCluster({ replicas: 2, env: { LEASE_MS: String(leaseMs) } })
  onTestFinished(() => pair.stop())
  const text = numbered(150)
  pair.model.say(text, { everyMs: WORD_MS })
  const redis = pair.inspect()
  const [asker, sessionId] = await loyalClient(pair, 0)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await asker.text(answer.id, 100)
  pair.replica(0).freeze()
  await eventually('the lease is half over', async () => {
    const [member] = (await redis.smembers('replicas')).filter((address) => address.startsWith('r1.'))
    return (await redis.pttl(`replica:{${member}}:lease`)) < leaseMs / 2
  })
  pair.replica(0).thaw()
  const final = await asker.ended(answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(final.metadata.replicas).toEqual(['r1'])
})

test('[F2] a client behind nginx whose replica writes, serves and freezes is served by another, whomever its next tries meet', async () => {
  const trio = await startCluster({ replicas: 3, nginx: true, env: { LEASE_MS: String(LEASE_MS) } })
  onTestFinished(() => trio.stop())
  const text = numbered(300)
  trio.model.say(text, { everyMs: WORD_MS })
  // No try is given up within this test: only one beside it helps.
  const never = 300_000
  const timings = { connectMs: never, openMs: never, probeMs: never, ackMs: never, silenceMs: LEASE_MS, rivalMs: 100 }
  const clients = new Clients(trio.urlOf('nginx'))
  onTestFinished(() => clients.close())
  const client = clients.of({ timings })
  await client.open()
  const { answer } = await client.send('Tell me')
  await when(client, ({ messages }) => (messages.at(-1)?.content.length ?? 0) > 100)
  const server = trio.replicas.findIndex((_, i) => client.state.replica === `r${i + 1}`)
  expect(await ownerOf(trio.inspect(), client.state.session?.id ?? '')).toBe(server)
  const states = new Set<string>()
  client.subscribe(({ connection }) => states.add(connection))
  trio.replica(server).freeze()
  onTestFinished(() => trio.replica(server).thaw())

  const final = await client.follow(answer.id)
  expect(final).toMatchObject({ content: text, status: 'complete', attempt: 1 })
  expect(client.state.replica).not.toBe(`r${server + 1}`)
  expect([...states]).toEqual(['online'])
  trio.replica(server).thaw()
  client.close()
  await eventually('no connection is left at any of them', async () => {
    const counts = await Promise.all(trio.replicas.map((replica) => connectionsAt(replica.url)))
    return counts.every((count) => count === 0)
  })
})

async function connectionsAt(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^baton_connections(?:\{.*\})? (\d+)/m.exec(metrics)?.[1])
}
