import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import { beginRequest, contents, draft, final, newSession, R1, R2 } from '../contract/session-store/fixtures.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let server: TestRedis
let connections: RedisConnections
beforeAll(async () => {
  server = await startRedis()
  connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
})
afterAll(async () => {
  await connections?.close()
  await server?.stop()
})

const AHEAD = '2026-03-01T12:01:00.000Z' // a replica whose clock is a minute ahead
const at = (s: number) => new Date(Date.parse('2026-03-01T12:00:00Z') + s * 1000).toISOString()

test('[S5] [D3] a copy of what a failover has lost is not taken for current, though a clock that is ahead had the latest time', async () => {
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
  const redis = connections.commands
  const { id } = await newSession(store)
  const say = async (owner: string, text: string, createdAt: string, ended: string) => {
    const message = draft('user', text, { createdAt })
    const request = beginRequest(id, { owner, message, answer: draft('assistant', '', { createdAt }) })
    const begun = await store.begin(request)
    if (begun.kind !== 'started') return expect.fail(begun.kind)
    const answer = final({ ...request.answer, seq: begun.seq }, `to ${text}`)
    const finished = await store.finish({ sessionId: id, epoch: begun.epoch, message: answer, at: ended })
    if (finished.kind !== 'finished') return expect.fail(finished.kind)
    return { version: finished.version, lastSeq: begun.seq, lastActivity: finished.lastActivity }
  }
  await say(R1, 'one', AHEAD, AHEAD)
  const keys = await redis.keys('session:*')
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)))
  const known = await say(R2, 'two', at(0), at(2))
  await redis.del(await redis.keys('session:*'))
  for (const [i, key] of keys.entries()) await redis.restore(key, 600_000, dumps[i] ?? expect.fail())
  await say('r3.c', 'three', at(10), at(12))
  const opened = await store.open({ sessionId: id, watch: null, known })
  expect(contents(opened?.messages ?? null)).toEqual(['one', 'to one', 'three', 'to three'])
})
