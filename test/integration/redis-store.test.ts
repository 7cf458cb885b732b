import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { ANYBODY, StoreUnavailable } from '../../src/ports/session-store.ts'
import { FallbackStore } from '../../src/store/fallback/fallback-store.ts'
import { MemorySessionStore } from '../../src/store/memory/memory-store.ts'
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
  seqs,
  start,
} from '../contract/session-store/fixtures.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const FIRST_PAGE = { before: null, limit: 10 }

let server: TestRedis
let connections: RedisConnections
let store: RedisSessionStore
const storeOf = (maxMessages: number) =>
  new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages, log: silentLog })
beforeEach(async () => {
  server = await startRedis()
  connections = await connectRedis({ REDIS_URL: [server.url] }, silentLog)
  store = storeOf(100)
})
afterEach(async () => {
  await connections?.close()
  await server?.stop()
})

test('[S2] a session reads well in Redis, and all of its keys carry its hash tag', async () => {
  const { id, createdAt } = await newSession(store, 'ann', R1)
  const { message, request, finished } = await exchange(store, id, 'Grüße "👍"')
  const stored = await connections.commands.hgetall(`session:{${id}}`)
  expect(stored).toEqual({
    user_id: 'ann',
    created_at: createdAt,
    last_activity: finished.lastActivity,
    seq: '2',
    first_seq: '1',
    version: '2',
    watched: '1',
    'message:1': JSON.stringify({
      id: request.message.id,
      seq: 1,
      role: 'user',
      content: 'hello',
      status: 'complete',
      attempt: 1,
      createdAt: request.message.createdAt,
      metadata: {},
    }),
    'message:2': expect.stringMatching(
      /^\{"id":"[^"]+","seq":2,"role":"assistant","content":"Grüße \\"👍\\"","status":"complete",/,
    ),
  })
  expect(JSON.parse(stored['message:2'] ?? '')).toEqual(message)
  await start(store, id)
  const keys = (await connections.commands.keys('*')).filter((key) => key !== 'user:{ann}:sessions')
  expect(keys.sort()).toEqual(['', ':answer', ':ids', ':text:3', ':watchers'].map((part) => `session:{${id}}${part}`))
  expect(await connections.commands.hget(`session:{${(await newSession(store)).id}}`, 'user_id')).toBe('')
})

test('[S4] a lowered SESSION_MAX_MESSAGES takes effect with the next message, however long the session was', async () => {
  const { id } = await newSession(store)
  const roomy = storeOf(3000)
  for (let i = 0; i < 1200; i++) await exchange(roomy, id, '')
  expect((await read(store, id)).messages).toHaveLength(2400)
  const { epoch, answer } = await start(storeOf(4), id)
  expect(seqs((await read(store, id)).messages)).toEqual([2399, 2400, 2401, 2402])
  expect(await connections.commands.hlen(`session:{${id}}`)).toBe(6 + 4)
  expect(await connections.commands.zcard(`session:{${id}}:ids`)).toBe(4)
  await store.finish({ sessionId: id, epoch, message: final(answer, ''), at: nextTime() })
  await start(roomy, id)
  expect((await read(store, id)).session, 'and a raised one grows from there').toMatchObject({
    firstSeq: 2399,
    lastSeq: 2404,
  })
})

test('[G1] while Redis is down every operation rejects with StoreUnavailable at once, and works again afterwards', async () => {
  const { id } = await newSession(store, 'ann')
  const { epoch, answer } = await start(store, id)
  await server.kill()
  await expect.poll(() => connections.state()).toBe('away')
  const operations: (() => Promise<unknown>)[] = [
    () => newSession(store, 'ann'),
    () => newSession(store),
    () => store.open({ sessionId: id, userId: null, watch: null, known: null }),
    () => store.read({ sessionId: id, after: 0 }),
    () => store.page({ sessionId: id, before: 3, limit: 3, bytes: 1e6 }),
    () => store.begin(beginRequest(id)),
    () => store.regenerate({ sessionId: id, answer, owner: R1, known: { version: 1, lastSeq: 2, lastActivity: '' } }),
    () => store.append([item(id, epoch, 0, 'text')]),
    () => store.finish({ sessionId: id, epoch, message: final(answer, ''), at: nextTime() }),
    () => store.claim({ sessionId: id, epoch, owner: R2 }),
    () => store.keep([{ sessionId: id, epoch }]),
    () => store.unwatch(id, { watcher: R1, id: 1 }),
    () => store.extend(id),
    () => store.clear(id),
    () => store.remaining([id]),
    () => store.sizeOf(id),
    () => store.sessionsOf('ann', FIRST_PAGE),
    () => store.trimSessionsOf('ann', 1, id),
  ]
  for (const operation of operations)
    await expect(operation(), String(operation)).rejects.toBeInstanceOf(StoreUnavailable)
  await server.restart()
  await expect.poll(() => connections.state(), { timeout: 10_000 }).toBe('ready')
  expect(await store.append([item(id, epoch, 0, 'text')])).toEqual(['stored'])
  expect((await read(store, id)).running?.text).toBe('text')
})

test('[G1] a frozen Redis costs a bounded wait; what was applied after all is recognised', async () => {
  const { id } = await newSession(store)
  const { epoch } = await start(store, id)
  const text = 'said while Redis was frozen'
  server.freeze()
  await expect(store.append([item(id, epoch, 0, text)])).rejects.toBeInstanceOf(StoreUnavailable)
  server.thaw()
  await expect.poll(() => connections.state(), { timeout: 10_000 }).toBe('ready')
  expect(await store.append([item(id, epoch, 0, text)])).toEqual(['stored'])
  expect((await read(store, id)).running?.text).toBe(text)
})

test('[G1] a Redis without memory refuses writes as StoreUnavailable, and takes them when it has some again', async () => {
  const { id } = await newSession(store)
  const { epoch } = await start(store, id)
  await connections.commands.config('SET', 'maxmemory', '1mb')
  const refused = store.append([item(id, epoch, 0, 'text')])
  await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringMatching(/OOM/) } })
  await expect(refused).rejects.toBeInstanceOf(StoreUnavailable)
  expect((await read(store, id)).running?.text).toBe('')
  await connections.commands.config('SET', 'maxmemory', '0')
  expect(await store.append([item(id, epoch, 0, 'text')])).toEqual(['stored'])
})

test('the error of a failed call carries nothing of what users wrote', async () => {
  const { id } = await newSession(store)
  await connections.commands.config('SET', 'maxmemory', '1mb')
  const error = await store
    .begin(beginRequest(id, { message: draft('user', 'a secret') }))
    .catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StoreUnavailable)
  const { cause } = error as StoreUnavailable
  expect(cause).toBeInstanceOf(Error)
  expect(JSON.stringify([error, cause, Object.entries(cause as Error)])).not.toContain('secret')
})

test('[S5] [D3] a copy of what a failover has lost is not taken for current, though a clock that is ahead had the latest time', async () => {
  const AHEAD = '2026-03-01T12:01:00.000Z' // a replica whose clock is a minute ahead
  const at = (s: number) => new Date(Date.parse('2026-03-01T12:00:00Z') + s * 1000).toISOString()
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

test('scripts that Redis forgot are loaded again', async () => {
  const { id } = await newSession(store)
  await exchange(store, id)
  await connections.commands.script('FLUSH')
  await exchange(store, id)
  expect(seqs((await read(store, id)).messages)).toEqual([1, 2, 3, 4])
})

test('[S6] the index of a user whose sessions only expire, and who never lists them, stays bounded', async () => {
  const index = 'user:{ann}:sessions'
  const alive: string[] = []
  for (let i = 0; i < 5; i++) alive.unshift((await newSession(store, 'ann')).id) // opened now and then, since nothing is said there
  for (let i = 0; i < 200; i++) {
    const { id } = await newSession(store, 'ann')
    await connections.commands.del(`session:{${id}}`)
  }
  await expect.poll(() => connections.commands.zcard(index)).toBeLessThan(30)
  expect(await connections.commands.ttl(index)).toBeGreaterThan(600)
  expect((await store.sessionsOf('ann', FIRST_PAGE)).sessions.map((session) => session.id)).toEqual(alive)
})

test('[S6] however many sessions have expired, they do not count, and those that were only opened since do', async () => {
  const at = (n: number) => new Date(Date.UTC(2026, 1, 1) + n * 1000).toISOString()
  for (let n = 0; n < 450; n++) {
    const { id } = await store.create({ id: randomUUID(), userId: 'ann', createdAt: at(n) }, null)
    if (n % 3 !== 0) await connections.commands.del(`session:{${id}}`)
  }
  const { sessions, total } = await store.sessionsOf('ann', FIRST_PAGE)
  expect(sessions).toHaveLength(FIRST_PAGE.limit)
  expect(total).toBe(150)
  expect(await connections.commands.zcard('user:{ann}:sessions')).toBe(150)
})

test('[S6] however many sessions a user has, their number is told', async () => {
  for (let made = 0; made <= 33; made++) {
    expect((await store.sessionsOf('ann', { before: null, limit: 1 })).total).toBe(made)
    await newSession(store, 'ann')
  }
})

test('[S6] every refresh of a session enters it in the index again', async () => {
  const { id } = await newSession(store, 'ann')
  const begun = await start(store, id)
  const refreshes: (() => Promise<unknown>)[] = [
    () => store.open({ sessionId: id, userId: null, watch: null, known: null }),
    () => store.extend(id),
    () => store.begin({ ...begun.request, owner: R2 }),
    () => store.sent(id, null, begun.request.message.id),
    () => store.keep([{ sessionId: id, epoch: begun.epoch }]),
    () => store.claim({ sessionId: id, epoch: begun.epoch, owner: R2 }),
    () => store.finish({ sessionId: id, epoch: begun.epoch + 1, message: final(begun.answer, ''), at: nextTime() }),
    () => start(store, id),
  ]
  for (const refresh of refreshes) {
    await connections.commands.del('user:{ann}:sessions')
    await refresh()
    expect(
      (await store.sessionsOf('ann', FIRST_PAGE)).sessions.map((session) => session.id),
      String(refresh),
    ).toEqual([id])
  }
})

test('[X6] nothing of a large reply stays in the hands of the Redis client', async () => {
  const { id } = await newSession(store)
  for (let i = 0; i < 3; i++) await exchange(store, id, 'x'.repeat(10_000))
  const client = connections.commands as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  const ask = client['baton:read'] ?? expect.fail('there is no such command')
  const given: unknown[] = []
  client['baton:read'] = async (...args) => {
    const reply = await ask.apply(client, args)
    given.push(reply)
    return reply
  }
  expect((await store.page({ sessionId: id, before: 100, limit: 100, bytes: 10 ** 6 }))?.messages).toHaveLength(6)
  expect(given).toEqual([[]])
})

test("[G6] [S3] a place in the provider's record is never stored for a slot that was lost, or is another answer's", async () => {
  const { id } = await newSession(store)
  const keys = new Keys()
  const lost = await start(store, id)
  const bookmark = { responseId: 'resp_1', sequence: 7 }
  expect(await store.append([item(id, lost.epoch, 0, 'a', { bookmark })])).toEqual(['stored'])
  await connections.commands.del(keys.answer(id))
  expect(await store.append([item(id, lost.epoch, 1, 'b', { bookmark })])).toEqual(['fenced'])
  expect(await connections.commands.exists(keys.answer(id)), 'no slot is made of it').toBe(0)
  const next = await start(store, id)
  expect(await store.append([item(id, lost.epoch, 2, 'c', { bookmark })])).toEqual(['fenced'])
  expect((await read(store, id)).running).toMatchObject({ epoch: next.epoch, bookmark: null })
  expect(await store.keep([{ sessionId: id, epoch: lost.epoch }])).toEqual([null])
})

test('[G6] a session that was lost and is brought back: anybody may watch it, unless nobody else ever knew of it', async () => {
  const broughtBack = async (version: number) => {
    const { id, userId, createdAt, lastActivity } = await newSession(store, null, R2)
    await connections.commands.del(...new Keys().ofSession(id))
    const [question, answer] = [draft('user', 'hello'), final({ ...draft('assistant'), seq: 2 }, 'hi')]
    const reconciled = await store.reconcile({
      session: { id, userId, createdAt, lastActivity },
      owner: R1,
      base: { seq: 0, lastSeq: 0, version, lastActivity },
      exchanges: [{ question: { ...question, seq: 1 }, answer }],
      running: null,
      watch: { watcher: R1, id: 1 },
    })
    return reconciled.kind === 'reconciled' ? reconciled.watchers : expect.fail(reconciled.kind)
  }
  expect(await broughtBack(7)).toEqual([ANYBODY])
  expect(await broughtBack(0)).toEqual([])
})

test('[S6] a refresh of the index that was lost hides no session, through the fallback store either', async () => {
  const fallback = new FallbackStore({
    shared: store,
    memory: new MemorySessionStore({ ttlSeconds: 600, maxMessages: 100, clock: systemClock }),
    owner: R1,
    maxBytes: 1_000_000,
    clock: systemClock,
    log: silentLog,
    probe: async () => {},
  })
  const made = [await newSession(fallback, 'ann'), await newSession(fallback, 'ann'), await newSession(fallback, 'ann')]
  const [oldest = expect.fail()] = made
  await exchange(fallback, oldest.id)
  const touched = async () => Number(await connections.commands.zscore('user:{ann}:sessions', oldest.id))
  await expect.poll(touched, { timeout: 10_000 }).toBeGreaterThan(Date.parse(oldest.createdAt))
  await connections.commands.zadd('user:{ann}:sessions', Date.parse(oldest.createdAt), oldest.id)
  const [, second = expect.fail()] = made
  const { sessions } = await fallback.sessionsOf('ann', { before: second.lastActivity, limit: 1 })
  expect(sessions.map(({ id }) => id)).toEqual([oldest.id])
})

test('[S3] [X6] sessions that have expired drive out none that lives, however long nothing was said there', async () => {
  const silent = await newSession(store, 'ann')
  const latest = await newSession(store, 'ann')
  const index = 'user:{ann}:sessions'
  const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000
  await expect.poll(() => connections.commands.zcard(index)).toBe(2)
  const lastActivities: [number, string][] = [
    [hoursAgo(4), silent.id], // opened now and then
    [hoursAgo(3), randomUUID()],
    [hoursAgo(2), randomUUID()],
    [hoursAgo(0), latest.id],
  ]
  for (const [at, id] of lastActivities) await connections.commands.zadd(index, at, id)
  expect(await store.trimSessionsOf('ann', 3, latest.id)).toEqual([])
  expect(await connections.commands.zrange(index, '0', '-1')).toEqual([silent.id, latest.id])
  expect(await store.trimSessionsOf('ann', 1, latest.id)).toEqual([silent.id])
})
