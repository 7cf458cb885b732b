import { afterAll, beforeAll, expect, test } from 'vitest'
import { numbered } from '../fault/fixtures.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'

/** Two deployments with the same replica ids, the same user and one Redis; only the prefix tells them apart. */
let one: Cluster
let two: Cluster
beforeAll(async () => {
  one = await startCluster({ replicas: 2, env: { KEY_PREFIX: 'one:', RATE_LIMIT: '100', CONNECT_LIMIT: '100' } })
  two = await startCluster({ replicas: 1, env: { KEY_PREFIX: 'two:', REDIS_URL: one.redis.url } })
})
afterAll(async () => {
  await two?.stop()
  await one?.stop()
})

test('[R6] every key and channel begins with KEY_PREFIX, and deployments that share a Redis see nothing of each other', async () => {
  const redis = one.inspect()
  const [asker, watcher, stranger] = [await one.connect(0), await one.connect(1), await two.connect(0)]
  const text = numbered(60)
  one.model.say(text, { everyMs: 10 })
  const { session } = await asker.open({ userId: 'ada' })
  await watcher.open({ sessionId: session.id })
  const other = await stranger.open({ userId: 'ada' })

  const { answer } = await asker.send(session.id, 'Tell me')
  await watcher.text(answer.id, 50)
  const keys = (await redis.keys('*')).sort()
  expect(keys.filter((key) => !/^(one|two):/.test(key))).toEqual([])
  const kinds = keys.filter((key) => key.startsWith('one:')).map((key) => key.replace(/\{.*?\}|(?<=limit:.*?:).*/, ''))
  for (const kind of [
    'session:',
    'user::sessions',
    'replica::lease',
    'replica::sessions',
    'replicas',
    'limit:message:',
  ])
    expect(kinds).toContain(`one:${kind}`)
  const channels = (await redis.call('PUBSUB', 'SHARDCHANNELS')) as string[]
  expect(channels.length).toBeGreaterThan(0)
  expect(channels.filter((channel) => !/^(one|two):/.test(channel))).toEqual([])

  await one.replica(0).kill()
  expect(await watcher.ended(answer.id)).toMatchObject({ content: text, status: 'complete' })
  expect((await stranger.open({ sessionId: session.id })).resumed).toBe(false)
  expect((await stranger.open({ userId: 'ada', resume: 'latest' })).session.id).toBe(other.session.id)
})
