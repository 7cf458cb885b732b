/** What replicas say to Prometheus of the faults that Baton is for. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { Scrape } from '../support/series.ts'
import { loyalClient, newOwner, numbered, reviveAfterwards, WORD_MS } from './fixtures.ts'

const hasPromtool = spawnSync('promtool', ['--version']).status === 0

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({
    replicas: 2,
    env: { LEASE_MS: '600', DRAIN_TIMEOUT: '1', ALLOWED_ORIGINS: 'https://good.example', LLM_MODEL: 'some-model' },
  })
})
afterAll(() => cluster.stop())
beforeEach(() => reviveAfterwards(cluster))

const scrape = (replica: number) => Scrape.of(cluster.urlOf(replica))

/** The answer of replica 0, which has said something, and a client that follows it at the other one. */
async function answering() {
  const text = numbered(100)
  cluster.model.say(text, { everyMs: WORD_MS })
  const asker = await cluster.connect(0)
  const sessionId = await asker.newSession()
  const [watcher] = await loyalClient(cluster, 1, sessionId)
  const { answer } = await asker.send(sessionId, 'Tell me')
  await watcher.text(answer.id, 100)
  return { sessionId, ended: async () => expect((await watcher.ended(answer.id)).content).toBe(text) }
}

interface Fault {
  readonly name: string
  readonly cause: 'death' | 'drain'
  readonly sign: 'connection' | 'lease' | null
  begin(): unknown
}

const faults: readonly Fault[] = [
  { name: 'a kill', cause: 'death', sign: 'connection', begin: () => cluster.replica(0).kill() },
  { name: 'a freeze', cause: 'death', sign: 'lease', begin: () => cluster.replica(0).freeze() },
  { name: 'a drain', cause: 'drain', sign: null, begin: () => cluster.replica(0).drain() },
]

for (const { name, cause, sign, begin } of faults) {
  test(`[F2] ${name}: the heir says why it took the answer over, how it went on, and how long it was silent`, async () => {
    const before = await scrape(1)
    const { sessionId, ended } = await answering()
    await Promise.all([begin(), newOwner(cluster.inspect(), sessionId, 0).then(ended)])
    const after = await scrape(1)
    const rise = (series: string, labels?: Record<string, string>) =>
      after.value(series, labels) - before.value(series, labels)
    expect(rise('baton_takeovers_total')).toBe(1)
    expect(rise('baton_takeovers_total', { cause, outcome: 'continue' })).toBe(1)
    expect(rise('baton_takeover_silence_seconds_count')).toBe(1)
    expect(rise('baton_takeover_silence_seconds_sum')).toBeGreaterThan(0)
    if (sign !== null) expect(rise('baton_replica_deaths_total', { sign })).toBe(1)
    expect(rise('baton_answers_total', { end: 'stop' })).toBe(1)
    expect(rise('baton_model_requests_total', { status: '200' })).toBe(1)
    for (const direction of ['input', 'output'])
      expect(after.value('baton_model_tokens_total', { model: 'some-model', direction })).toBeGreaterThan(0)
  })
}

test('[G1] [G2] while Redis is away, what is held in memory can be seen, and that it went back', async () => {
  const before = await scrape(0)
  expect(before.value('baton_memory_mode')).toBe(0)
  const { ended } = await answering()
  cluster.redis.freeze()
  const away = await eventually('sessions are held in memory', async () => {
    const now = await scrape(0)
    return now.value('baton_held_sessions') > 0 && now
  })
  expect(away.value('baton_memory_mode')).toBe(1)
  expect(away.value('baton_redis_up')).toBe(0)
  expect(away.value('baton_redis_outages_total')).toBe(before.value('baton_redis_outages_total') + 1)
  expect(away.value('baton_held_bytes')).toBeGreaterThan(0)
  expect(away.value('baton_held_bytes')).toBeLessThan(away.value('baton_held_max_bytes'))
  cluster.redis.thaw()
  const back = await eventually('all of it is in Redis', async () => {
    const now = await scrape(0)
    return now.value('baton_memory_mode') === 0 && now
  })
  expect(back.value('baton_held_sessions')).toBe(0)
  expect(back.value('baton_held_bytes')).toBe(0)
  expect(back.value('baton_returned_sessions_total', { outcome: 'returned' })).toBeGreaterThan(0)
  await ended()
})

test('[X4] a socket that is not let in is counted by why', async () => {
  const before = await scrape(0)
  await expect(cluster.connect(0, { headers: { origin: 'https://evil.example' } })).rejects.toThrow()
  const after = await scrape(0)
  const labels = { reason: 'origin' }
  expect(after.value('baton_connects_refused_total', labels)).toBe(
    before.value('baton_connects_refused_total', labels) + 1,
  )
})

test('[X2] a client that is hung up on is counted by why', async () => {
  const before = await scrape(0)
  const { socket } = await cluster.connect(0)
  const gone = new Promise((resolve) => socket.once('disconnect', resolve))
  socket.io.engine.write('9 is no packet')
  await gone
  const after = await scrape(0)
  const labels = { reason: 'malformed' }
  expect(after.value('baton_sockets_closed_total', labels)).toBe(before.value('baton_sockets_closed_total', labels) + 1)
})

test.skipIf(!hasPromtool)('Prometheus has nothing to complain of', async () => {
  const { text } = await scrape(1)
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
})
