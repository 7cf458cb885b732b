import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import { connectRedis } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import {
  beginRequest,
  draft,
  exchange,
  final,
  item,
  newSession,
  nextTime,
  R1,
  read,
  seqs,
  start,
} from '../contract/session-store/fixtures.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { callsOf } from '../support/redis-inspection.ts'

/** Far above what any call may take: whether one waits at all is what is asked, not how fast the machine is. */
const HANGING_MS = 20_000

let master: TestRedis
let copy: TestRedis
const ends: (() => unknown)[] = []
beforeEach(async () => {
  const quick = ['--repl-diskless-sync-delay', '0']
  master = await startRedis(quick)
  copy = await startRedis([...quick, '--replicaof', `127.0.0.1 ${master.port}`])
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await Promise.all([master?.stop(), copy?.stop()])
})

async function connect(REDIS_WAIT: number) {
  const connections = await connectRedis({ REDIS_URL: [master.url], REDIS_WAIT }, silentLog)
  ends.push(connections.close)
  const store = new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages: 100, log: silentLog })
  return { store, redis: connections.nodes.of('') }
}

/** A store whose begun messages have reached the copy. */
async function inStep(REDIS_WAIT: number) {
  const { store, redis } = await connect(REDIS_WAIT)
  await expect
    .poll(async () => (await start(store, (await newSession(store)).id)).started.persisted, { timeout: 10_000 })
    .toBe(true)
  return { store, redis }
}

async function timed<T>(call: Promise<T>): Promise<[T, ms: number]> {
  const startedAt = performance.now()
  const result = await call
  return [result, performance.now() - startedAt]
}

test('[M1] REDIS_WAIT: a message that the replicas have is acknowledged as persisted, also when it is repeated', async () => {
  const { store } = await inStep(1)
  const { id } = await newSession(store)
  const request = beginRequest(id)
  const [begun, ms] = await timed(store.begin(request))
  expect(begun).toMatchObject({ kind: 'started', persisted: true, backend: 'redis' })
  expect(ms).toBeLessThan(HANGING_MS)
  expect(await store.begin({ ...request, owner: 'r2.other' })).toMatchObject({ kind: 'repeated', persisted: true })
})

test('[M1] REDIS_WAIT=0 asks nobody to wait', async () => {
  const { store, redis } = await connect(0)
  await copy.kill()
  const [begun] = await timed(start(store, (await newSession(store)).id))
  expect(begun.started.persisted).toBe(true)
  expect((await callsOf(redis)).has('wait')).toBe(false)
})

test('[M1] where the replicas do not have it within a second, the acknowledgement says so, and then that they do', async () => {
  const { store } = await inStep(1)
  const { id } = await newSession(store)
  copy.freeze()
  const request = beginRequest(id)
  const [begun, ms] = await timed(store.begin(request))
  expect(begun).toMatchObject({ kind: 'started', persisted: false, backend: 'redis' })
  expect(ms).toBeGreaterThan(900)
  expect(ms).toBeLessThan(HANGING_MS)
  expect(seqs((await read(store, id)).messages), 'it is stored all the same').toEqual([1, 2])
  copy.thaw()
  await expect.poll(async () => await store.begin(request), { timeout: 10_000 }).toMatchObject({ persisted: true })
})

test('[M1] more replicas than there are never have it', async () => {
  await inStep(1)
  const { store } = await connect(2)
  const [{ started }, ms] = await timed(start(store, (await newSession(store)).id))
  expect(started.persisted).toBe(false)
  expect(ms).toBeLessThan(HANGING_MS)
})

test('[D1] waiting for replicas holds up nothing else, and many messages wait at the same time', async () => {
  const { store, redis } = await inStep(1)
  const sessions = await Promise.all(Array.from({ length: 40 }, () => newSession(store)))
  const streaming = await newSession(store)
  const { epoch } = await start(store, streaming.id)
  copy.freeze()
  const before = (await callsOf(redis)).get('wait') ?? 0
  const all = timed(Promise.all(sessions.map(({ id }) => start(store, id))))
  let stored = ''
  for (let i = 0; i < 20; i++) {
    const [results, ms] = await timed(store.append([item(streaming.id, epoch, stored.length, 'token ')]))
    expect(results).toEqual(['stored'])
    expect(ms).toBeLessThan(HANGING_MS)
    stored += 'token '
  }
  const [begun, ms] = await all
  expect(new Set(begun.map(({ started }) => started.persisted))).toEqual(new Set([false]))
  expect(ms).toBeLessThan(HANGING_MS)
  expect(((await callsOf(redis)).get('wait') ?? 0) - before).toBeLessThan(5)
  copy.thaw()
})

test('[M1] a message that the present master does not have is not persisted, whatever its replicas have', async () => {
  const { store, redis } = await inStep(1)
  const { id } = await newSession(store)
  const { request } = await exchange(store, id)
  expect(await store.begin(request)).toMatchObject({ kind: 'repeated', persisted: true })
  const losing = store.begin(beginRequest(id))
  await redis.del(`session:{${id}}:ids`) // as a failover to a copy without the message would leave it
  expect(await losing).toMatchObject({ kind: 'started', persisted: false })
})

test('[M1] a master that was replaced and does not know it: what it takes is persisted for nobody who waits for all of its replicas', async () => {
  const other = await startRedis(['--repl-diskless-sync-delay', '0', '--replicaof', `127.0.0.1 ${master.port}`])
  ends.push(() => other.stop())
  const { store } = await inStep(2)
  const promoted = new Redis(copy.url)
  ends.push(() => promoted.disconnect())
  await promoted.replicaof('NO', 'ONE') // a failover has chosen this one, and tells the other one later
  const { id } = await newSession(store)
  expect((await start(store, id)).started.persisted).toBe(false)
  const { store: hasty } = await connect(1)
  const begun = async () => (await start(hasty, (await newSession(hasty)).id)).started.persisted
  await expect.poll(begun, { message: 'what one of two has may be lost', timeout: 10_000 }).toBe(true)
})

test('[M1] REDIS_WAIT: the end of an answer, and another attempt at it, are as persisted as a message', async () => {
  const { store } = await inStep(1)
  const { id } = await newSession(store)
  const { answer, epoch } = await start(store, id)
  expect(await store.ended(id, answer.id), 'it has not ended').toMatchObject({ persisted: false })
  await store.finish({ sessionId: id, epoch, message: final(answer, 'so far', { status: 'stopped' }), at: nextTime() })
  expect(await store.ended(id, answer.id)).toEqual({ persisted: true, backend: 'redis' })
  copy.freeze()
  const another = async (attempt: number) => {
    const { session: known } = await read(store, id)
    return store.regenerate({ sessionId: id, answer: { ...answer, attempt }, owner: R1, known })
  }
  expect(await another(2)).toMatchObject({ kind: 'started', persisted: false })
  const message = final({ ...answer, attempt: 2 }, 'so far', { status: 'stopped' })
  await store.finish({ sessionId: id, epoch: epoch + 2, message, at: nextTime() })
  expect(await store.ended(id, answer.id)).toMatchObject({ persisted: false })
  copy.thaw()
  await expect.poll(() => store.ended(id, answer.id), { timeout: 10_000 }).toMatchObject({ persisted: true })
  expect(await another(3)).toMatchObject({ kind: 'started', persisted: true })
})

test('[M1] REDIS_WAIT: the end of an answer that the present master has never heard of is not persisted', async () => {
  const { store, redis } = await inStep(1)
  const { id } = await newSession(store)
  const [session, ids, slot] = new Keys().ofSession(id)
  const before = await redis.dumpBuffer(session)
  const { answer, epoch } = await start(store, id)
  await store.finish({ sessionId: id, epoch, message: final(answer, 'an answer'), at: nextTime() })
  // As a failover to a copy without the exchange leaves it.
  await redis.del(ids, slot)
  await redis.restore(session, 600_000, before ?? '', 'REPLACE')
  expect(await store.ended(id, answer.id)).toMatchObject({ persisted: false })
})

test('[S3] [M2] REDIS_WAIT: a repeat that waits for the replicas keeps all keys of the session alike', async () => {
  const { store, redis } = await inStep(1)
  const { id } = await newSession(store, null, R1)
  const { request } = await exchange(store, id)
  const [session, ids, , watchers] = new Keys().ofSession(id)
  for (const key of [session, ids, watchers]) await redis.expire(key, 100)
  expect(await store.begin({ ...request, answer: draft('assistant') })).toMatchObject({ kind: 'repeated' })
  for (const key of [session, ids, watchers]) expect(await redis.ttl(key), key).toBeGreaterThan(500)
})
