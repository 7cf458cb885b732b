/** What is in Redis is input: a session that is no session any more costs that one alone (X6). */
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  start,
} from '../contract/session-store/fixtures.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const keys = new Keys()
let server: TestRedis
let connections: RedisConnections
let store: RedisSessionStore
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
  redis = connections.nodes.of('')
  store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
})
afterAll(async () => {
  await connections?.close()
  await server?.stop()
})

/** Puts a string, or what is no string, in the place of a key. */
async function replace(key: string) {
  const type = await redis.type(key)
  await redis.del(key)
  await (type === 'string' ? redis.hset(key, 'a', 'b') : redis.set(key, 'x', 'EX', 600))
}
/** Counts that are none. It is written as JSON for that, as a reply would be. */
function oddNumbersIn(outcome: unknown): number[] {
  const odd: number[] = []
  JSON.stringify(outcome, (_name, value: unknown) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) odd.push(value)
    return value
  })
  return odd
}
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const field = (name: string, value: string) => (id: string) => redis.hset(keys.session(id), name, value)
const slot = (name: string, value: string) => (id: string) => redis.hset(keys.answer(id), name, value)
const without = (name: string) => (id: string) => redis.hdel(keys.session(id), name)
const message = (json: string) => field('message:2', json)

/** An operator's hand, or a bug's, on a session of two messages and a running answer of the same. */
const SPOILT: Record<string, (id: string, epoch: number) => Promise<unknown>> = {
  'the session is a string': (id) => replace(keys.session(id)),
  'the ids are a string': (id) => replace(keys.ofSession(id)[1]),
  'the slot is a string': (id) => replace(keys.answer(id)),
  'the watchers are a string': (id) => replace(keys.ofSession(id)[3]),
  'the text is a hash': (id, epoch) => replace(keys.text(id, epoch)),
  'seq is negative': field('seq', '-5'),
  'seq is far ahead': field('seq', '1e15'),
  'seq is no number': field('seq', 'nan'),
  'seq is between two numbers': field('seq', '2.5'),
  'seq is beyond what a number can say': (id) =>
    redis.hset(keys.session(id), 'seq', '9007199254740993', 'first_seq', '9007199254740992'),
  'first_seq is between two numbers': field('first_seq', '1.5'),
  'version is between two numbers': field('version', '1.5'),
  'the slot has an attempt between two numbers': slot('attempt', '1.5'),
  'first_seq is far behind': field('first_seq', '-1e15'),
  'version is no number': field('version', 'x'),
  'no version': without('version'),
  'no seq': without('seq'),
  'no last_activity': without('last_activity'),
  'the slot has no epoch': (id) => redis.hdel(keys.answer(id), 'epoch'),
  'the slot has no owner': (id) => redis.hdel(keys.answer(id), 'owner'),
  'the slot has no contributors': (id) => redis.hdel(keys.answer(id), 'contributors'),
  'the slot began at no time': slot('started_at', '1e300'),
  'the slot has a strange seq': slot('seq', 'x'),
  'a message is missing': without('message:2'),
  'a message is no JSON': message('{"id":'),
  'a message is a number': message('7'),
  'a message is null': message('null'),
  'a message has no content': message(
    '{"id":"a","seq":2,"role":"user","status":"complete","attempt":1,"createdAt":"x","metadata":{}}',
  ),
  'a message has the wrong types': message(
    '{"id":1,"seq":"2","role":"king","content":[],"status":0,"attempt":-1,"createdAt":{},"metadata":[]}',
  ),
  'a message is nested deeply': message(
    `{"id":"a","seq":2,"role":"user","content":"","status":"complete","attempt":1,"createdAt":"x","metadata":{"a":${nested(20_000)}}}`,
  ),
  'a message is nothing but nesting': message(nested(20_000)),
}

describe.each(Object.entries(SPOILT))('[X6] %s', (_, spoil) => {
  test('nothing but what the port promises comes of it, and other sessions of the same calls go on', async () => {
    const [victim, healthy] = [await newSession(store, 'ann', R1), await newSession(store, 'ann', R1)]
    for (const { id } of [victim, healthy]) await exchange(store, id, 'an answer')
    const spoilt = await start(store, victim.id)
    const sound = await start(store, healthy.id)
    await spoil(victim.id, spoilt.epoch)

    const items = [victim, healthy].map(({ id }, i) =>
      item(id, [spoilt, sound][i]?.epoch ?? 0, 0, 'text', { bookmark: { responseId: 'r', sequence: 1 } }),
    )
    expect((await store.append(items))[1]).toBe('stored')
    expect((await store.keep(items))[1]).toEqual([])
    expect((await store.sessionsOf('ann', { before: null, limit: 10 })).sessions.map(({ id }) => id)).toContain(
      healthy.id,
    )
    expect((await store.remaining([victim.id, healthy.id]))[1]).toBeGreaterThan(0)

    const { id } = victim
    const { epoch, answer } = spoilt
    const at = nextTime()
    const operations: Record<string, () => Promise<unknown>> = {
      read: () => store.read({ sessionId: id, after: 0 }),
      page: () => store.page({ sessionId: id, before: 5, limit: 10, bytes: 1e6 }),
      open: () => store.open({ sessionId: id, userId: null, watch: { watcher: R2, id: 1 }, known: null }),
      begin: () => store.begin(beginRequest(id)),
      repeat: () =>
        store.begin(beginRequest(id, { message: draft('user', 'hello', { id: spoilt.request.message.id }) })),
      restart: () => store.restart({ sessionId: id, epoch, message: { ...answer, attempt: 2 } }),
      claim: () => store.claim({ sessionId: id, epoch: epoch + 1, owner: R2 }),
      finish: () => store.finish({ sessionId: id, epoch: epoch + 2, message: final(answer, 'text'), at }),
      regenerate: () =>
        store.regenerate({
          sessionId: id,
          answer,
          owner: R1,
          known: { version: epoch + 3, lastSeq: 2, lastActivity: at },
        }),
      extend: () => store.extend(id),
      size: () => store.sizeOf(id),
      unwatch: () => store.unwatch(id, { watcher: R2, id: 1 }),
      clear: () => store.clear(id),
    }
    for (const [name, operation] of Object.entries(operations)) {
      const outcome = await operation().catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome, name).toBeInstanceOf(StoreFault)
      else expect(oddNumbersIn(outcome), name).toEqual([])
    }
    const end = { sessionId: healthy.id, epoch: sound.epoch, message: final(sound.answer, 'text'), at: nextTime() }
    expect(await store.finish(end)).toMatchObject({ kind: 'finished' })
  })
})

test('[X6] messages that cannot be read are passed over, and the others are given', async () => {
  const { id } = await newSession(store)
  for (const answer of ['one', 'two']) await exchange(store, id, answer)
  await redis.hset(keys.session(id), 'message:2', '{"id":', 'message:3', nested(20_000))
  const snapshot = await store.read({ sessionId: id, after: 0 })
  expect(contents(snapshot?.messages ?? [])).toEqual(['hello', 'two'])
  const begun = await start(store, id, { contextSize: 10 })
  expect(contents(begun.started.context)).toEqual(['hello', 'two', 'hello'])
})

test('[G8] what a later version writes into a message beside what is known is passed over', async () => {
  const { id } = await newSession(store)
  const { message } = await exchange(store, id, 'one')
  await redis.hset(keys.session(id), 'message:2', JSON.stringify({ ...message, mood: 'good' }))
  expect((await store.read({ sessionId: id, after: 1 }))?.messages).toEqual([message])
})

test('[X6] scripts that Redis has forgotten are sent again, in single calls and in batches', async () => {
  const { id } = await newSession(store)
  const begun = await start(store, id)
  await redis.script('FLUSH')
  expect(await store.append([item(id, begun.epoch, 0, 'text')])).toEqual(['stored'])
  await redis.script('FLUSH')
  expect((await store.keep([{ sessionId: id, epoch: begun.epoch }]))[0]).toEqual([])
  await redis.script('FLUSH')
  const end = { sessionId: id, epoch: begun.epoch, message: final(begun.answer, 'text'), at: nextTime() }
  expect(await store.finish(end)).toMatchObject({ kind: 'finished' })
})
