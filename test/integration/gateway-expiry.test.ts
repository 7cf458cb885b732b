import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { sessionKeys } from '../support/redis-inspection.ts'
import { Scrape } from '../support/series.ts'

const TTL_SECONDS = 2

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, env: { SESSION_TTL: String(TTL_SECONDS) } })
})
afterAll(() => cluster.stop())

test('[S3] every socket is told within 10 s that its session has expired, and nothing of it stays', async () => {
  cluster.model.say('Soon gone.')
  const first = await cluster.connect(0)
  const second = await cluster.connect(1)
  const { session } = await first.open({ userId: 'mayfly' })
  await second.open({ sessionId: session.id })
  const { answer } = await first.send(session.id, 'hello')
  await Promise.all([first.ended(answer.id), second.ended(answer.id)])

  const told = { sessionId: session.id, reason: 'expired' }
  const bound = (TTL_SECONDS + 10) * 1000
  for (const client of [first, second]) {
    const ended = await client.until('session:ended', () => client.all('session:ended')[0], bound)
    expect(ended).toEqual(told)
  }
  for (const i of [0, 1]) expect((await Scrape.of(cluster.urlOf(i))).value('baton_sessions_open')).toBe(0)
  const redis = cluster.inspect()
  expect(await sessionKeys(redis, session.id)).toEqual([])
  expect(await second.open({ userId: 'mayfly', resume: 'latest' })).toMatchObject({ resumed: false })
  const again = await first.open({ sessionId: session.id })
  expect(again).toMatchObject({ resumed: false, messages: [] })
  expect(again.session.id).not.toBe(session.id)
  expect(await first.refusal('session:extend', { sessionId: session.id })).toMatchObject({ code: 'session_not_found' })
  expect(first.all('session:ended').filter(({ sessionId }) => sessionId === session.id)).toHaveLength(1)
})

test('[S3] a session that another replica extends does not end', async () => {
  const first = await cluster.connect(0)
  const second = await cluster.connect(1)
  const { session } = await first.open()
  const redis = cluster.inspect()
  await passes(redis, TTL_SECONDS + 1, async () => {
    await second.request('session:extend', { sessionId: session.id })
  })
  expect(first.all('session:ended')).toEqual([])
  expect(await first.open({ sessionId: session.id })).toMatchObject({ resumed: true })
})

test('[S3] a running answer keeps its session alive beyond the TTL, however silent it is', async () => {
  const latch = cluster.model.saysInTwo('Wait', ' for it.')
  const client = await cluster.connect(0)
  const { session } = await client.open({ userId: 'patient' })
  const { answer } = await client.send(session.id, 'hello')
  await client.text(answer.id)
  const redis = cluster.inspect()
  await passes(redis, TTL_SECONDS + 1.5, async () => {
    for (const key of await sessionKeys(redis, session.id)) expect(await redis.pttl(key)).toBeGreaterThan(0)
    expect(await redis.exists(`session:{${session.id}}`, 'user:{patient}:sessions')).toBe(2)
  })
  expect(client.all('session:ended')).toEqual([])
  latch.open()
  expect((await client.ended(answer.id)).content).toBe('Wait for it.')
})

/** Waits until Redis's clock, by which sessions expire, has gone on by so much, doing `meanwhile` all along. */
async function passes(redis: Redis, seconds: number, meanwhile: () => Promise<void>): Promise<void> {
  const end = (await timeOf(redis)) + seconds
  await eventually(`${seconds} s pass`, async () => {
    await meanwhile()
    return (await timeOf(redis)) > end
  })
}

async function timeOf(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time()
  return Number(seconds) + Number(microseconds) / 1e6
}
