/** A key of a session that is lost alone. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { StoreFault } from '../../src/ports/session-store.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import {
  beginRequest,
  contents,
  draft,
  exchange,
  final,
  item,
  newSession,
  nextTime,
  R1,
  R2,
  read,
  start,
} from '../contract/session-store/fixtures.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const keys = new Keys()
let server: TestRedis
let connections: RedisConnections
let store: RedisSessionStore
beforeAll(async () => {
  server = await startRedis()
  connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
  store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
})
beforeEach(() => connections.commands.flushall())
afterAll(async () => {
  await connections?.close()
  await server?.stop()
})

test('[M2] [G6] the list of ids is lost: the same message again is no second one', async () => {
  const { id } = await newSession(store)
  const { request } = await exchange(store, id, 'an answer')
  await connections.commands.del(keys.ofSession(id)[1])
  expect(await store.begin({ ...request, answer: draft('assistant') })).toMatchObject({ kind: 'repeated' })
  expect(contents((await read(store, id)).messages)).toEqual(['hello', 'an answer'])
})

test('[G6] the list of ids is lost: the messages of the session are found all the same', async () => {
  const { id } = await newSession(store)
  const { answer } = await exchange(store, id, 'an answer')
  await connections.commands.del(keys.ofSession(id)[1])
  expect((await store.find({ sessionId: id, messageId: answer.id }))?.messages).toHaveLength(1)
})

test('[G4] the hash of a session is lost alone: who holds the session brings all of it back', async () => {
  const { id } = await newSession(store)
  const one = await exchange(store, id, 'first')
  const two = await exchange(store, id, 'second')
  await connections.commands.del(keys.session(id))
  const question = { ...draft('user', 'third?'), seq: 5 }
  const answer = final({ ...draft('assistant'), seq: 6 }, 'third')
  const before = [one, two].map(({ request, message }, i) => ({
    question: { ...request.message, seq: 2 * i + 1 },
    answer: message,
  }))
  const reply = await store.reconcile({
    session: { id, userId: null, createdAt: nextTime(), lastActivity: nextTime() },
    owner: R1,
    base: { seq: 0, lastSeq: 4, version: 4, lastActivity: two.finished.lastActivity },
    exchanges: [...before, { question, answer }],
    running: null,
    watch: null,
  })
  expect(reply.kind).toBe('reconciled')
  expect(contents((await read(store, id)).messages)).toEqual(['hello', 'first', 'hello', 'second', 'third?', 'third'])
})

test('[S3] [G6] the list of ids is lost, and the session has no TTL: it goes on, and has one again', async () => {
  const { id } = await newSession(store)
  const { request } = await exchange(store, id, 'an answer')
  await connections.commands.del(keys.ofSession(id)[1])
  await connections.commands.persist(keys.session(id))
  const next = { ...request, message: draft('user'), answer: draft('assistant') }
  expect(await store.begin(next)).toMatchObject({ kind: 'started' })
  expect(await connections.commands.ttl(keys.session(id))).toBe(600)
})

test('[G6] the text of a running answer is lost, or is none: so say also those who read no text', async () => {
  const { id } = await newSession(store)
  const { epoch, answer, request } = await start(store, id)
  await store.append([item(id, epoch, 0, 'some text')])
  const snapshots = () =>
    Promise.all([
      store.read({ sessionId: id, after: 0 }),
      store.read({ sessionId: id, after: Number.MAX_SAFE_INTEGER }),
      store.find({ sessionId: id, messageId: answer.id }),
    ])
  const refused = () => store.begin(beginRequest(id))
  for (const snapshot of await snapshots()) expect(snapshot?.running).not.toHaveProperty('isTextLost')
  await connections.commands.del(keys.text(id, epoch))
  for (const snapshot of await snapshots()) expect(snapshot?.running).toMatchObject({ text: '', isTextLost: true })
  expect(await refused()).toMatchObject({ kind: 'busy', running: { isTextLost: true } })
  expect(await store.begin({ ...request, owner: R2 })).toMatchObject({ kind: 'repeated', answer: { content: '' } })
  await connections.commands.hset(keys.text(id, epoch), 'of', 'somebody')
  expect(await snapshots()).toEqual([null, null, null])
  await expect(refused()).rejects.toBeInstanceOf(StoreFault)
})
