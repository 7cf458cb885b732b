import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/ports/log.ts'
import type { Snapshot } from '../../src/ports/session-store.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { RedisSessionStore } from '../../src/store/redis/redis-store.ts'
import {
  beginRequest,
  draft,
  exchange,
  final,
  item,
  newSession,
  nextTime,
  R2,
  start,
} from '../contract/session-store/fixtures.ts'
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

const storeOf = (maxMessages: number) =>
  new RedisSessionStore(connections, { ttlSeconds: 600, maxMessages, log: silentLog })

/** How often Redis executed which command for `work`, in scripts and outside, heartbeats left out; `script` is a script's own call. */
async function commandsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await connections.commands.config('RESETSTAT')
  await work()
  const stats = await connections.commands.info('commandstats')
  const counts: Record<string, number> = {}
  for (const [, command = '', calls] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (['config|resetstat', 'info', 'ping', 'hello'].includes(command)) continue
    const name = command.startsWith('eval') ? 'script' : command
    counts[name] = (counts[name] ?? 0) + Number(calls)
  }
  return counts
}

/** Bytes that Redis sent for `work`. */
async function sentFor(work: () => Promise<unknown>): Promise<number> {
  await connections.commands.config('RESETSTAT')
  await work()
  return Number(/total_net_output_bytes:(\d+)/.exec(await connections.commands.info('stats'))?.[1])
}

/** The costs of one message and its answer in a session that has `messages` before, with an answer of `characters`. */
async function costs(messages: number, characters: number, maxMessages = 5000) {
  const store = storeOf(maxMessages)
  const { id } = await newSession(store, 'ann', R2)
  for (let i = 0; i < messages; i += 2) await exchange(store, id, 'an answer')
  const text = 'x'.repeat(characters)
  let begun = await start(store, id, { contextSize: 2 }) // the scripts are known to Redis from here on
  const message = () => final(begun.answer, text)
  const finish = async () => {
    const finished = await store.finish({ sessionId: id, epoch: begun.epoch, message: message(), at: nextTime() })
    return finished.kind === 'finished' ? finished : expect.fail(finished.kind)
  }
  let known = await finish()
  return {
    begin: await commandsOf(async () => {
      begun = await start(store, id, { contextSize: 2 })
    }),
    firstAppend: await commandsOf(() => store.append([item(id, begun.epoch, 0, text)])),
    append: await commandsOf(() => store.append([item(id, begun.epoch, characters, 'token')])),
    keep: await commandsOf(() => store.keep([{ sessionId: id, epoch: begun.epoch }])),
    claim: await commandsOf(async () => {
      const claimed = await store.claim({ sessionId: id, epoch: begun.epoch, owner: R2 })
      if (claimed.kind === 'claimed') begun = { ...begun, epoch: claimed.running.epoch }
    }),
    finish: await commandsOf(async () => {
      known = await finish()
    }),
    regenerate: await commandsOf(() =>
      store.regenerate({
        sessionId: id,
        answer: { ...begun.answer, attempt: 2 },
        owner: R2,
        known: { ...known, lastSeq: begun.answer.seq },
      }),
    ),
  }
}

test('[S4] [D5] no operation costs more commands in a long session or with a long answer', async () => {
  const smallest = await costs(2, 50)
  expect(smallest.append).toEqual({ script: 1, strlen: 1, append: 1 })
  expect(await costs(2000, 50)).toEqual(smallest)
  expect(await costs(2, 50_000)).toEqual(smallest)
  expect(await costs(2000, 50_000)).toEqual(smallest)
})

test('[S4] nor where the oldest messages are dropped', async () => {
  const short = await costs(20, 50, 10)
  expect(await costs(600, 50_000, 400)).toEqual(short)
})

test('[E] what is read of a long session for one reply is what the reply carries, not the session', async () => {
  const store = storeOf(5000)
  const { id } = await newSession(store)
  for (let i = 0; i < 60; i++) await exchange(store, id, 'x'.repeat(10_000))
  const open = (after: number, bytes: number) => () =>
    store.open({ sessionId: id, userId: null, watch: null, known: null, window: { after, bytes } })
  await open(0, 0)() // Redis knows the script from here on
  expect(await sentFor(open(0, 1e6))).toBeGreaterThan(600_000)
  expect(await sentFor(open(0, 50_000))).toBeLessThan(80_000)
  expect(await sentFor(open(90, 1e6))).toBeLessThan(180_000)
  expect(await sentFor(open(120, 1e6)), 'the newest come in any case').toBeGreaterThan(90_000)
  expect(await sentFor(open(121, 1e6)), 'it does not reach that far').toBeGreaterThan(600_000)
  const page = () => store.page({ sessionId: id, before: 100, limit: 100, bytes: 50_000 })
  expect(await sentFor(page)).toBeLessThan(80_000)
  expect((await commandsOf(open(0, 50_000))).hget).toBeLessThan(12)
})

test('[X6] while a long answer runs its text is read only for what shows it', async () => {
  const store = storeOf(5000)
  const { id } = await newSession(store)
  const before = await exchange(store, id)
  const { request, answer, epoch } = await start(store, id)
  await store.append([item(id, epoch, 0, 'x'.repeat(500_000))])
  const after = Number.MAX_SAFE_INTEGER
  const running = (await store.read({ sessionId: id, after }))?.running ?? expect.fail('nothing runs')
  const other = { question: { ...draft('user'), seq: 5 }, answer: { ...draft('assistant'), seq: 6 } }
  const reconciled = {
    session: { id, userId: null, createdAt: nextTime(), lastActivity: nextTime() },
    owner: R2,
    base: { seq: 4, lastSeq: 4, version: 0, lastActivity: '' },
    exchanges: [other],
    running: { ...running, messageId: other.answer.id },
    watch: null,
  }
  const known = { version: 0, lastSeq: 4, lastActivity: '' }
  const asked: [what: string, kind: string, ask: () => Promise<Snapshot | { kind: string } | null>][] = [
    ['whether it is there, or who owns its answer', 'snapshot', () => store.read({ sessionId: id, after })],
    ['another message', 'snapshot', () => store.find({ sessionId: id, messageId: before.answer.id })],
    ['the answer, to stop or regenerate it', 'snapshot', () => store.find({ sessionId: id, messageId: answer.id })],
    ['a new message', 'busy', () => store.begin(beginRequest(id))],
    ['a new attempt', 'busy', () => store.regenerate({ sessionId: id, answer, owner: R2, known })],
    ['an exchange of memory', 'busy', () => store.reconcile(reconciled)],
    ['a message of before, again', 'repeated', () => store.begin(before.request)],
    ['that, where no new one is taken', 'repeated', () => store.sent(id, null, before.request.message.id)],
  ]
  for (const [what, kind, ask] of asked) {
    expect({ kind: 'snapshot', ...(await ask()) }, what).toHaveProperty('kind', kind) // Redis knows the script from here on
    expect(await sentFor(ask), what).toBeLessThan(10_000)
  }
  expect(await sentFor(() => store.read({ sessionId: id, after: 0 }))).toBeGreaterThan(500_000)
  expect(await sentFor(() => store.begin({ ...request, owner: R2 }))).toBeGreaterThan(500_000)
})

test('[D5] the appends of many sessions are one script with two commands each', async () => {
  const store = storeOf(100)
  const items = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const { id } = await newSession(store)
      const { epoch } = await start(store, id)
      return item(id, epoch, 0, 'token')
    }),
  )
  expect(await commandsOf(() => store.append(items))).toEqual({ script: 1, strlen: 200, append: 200 })
  const marked = (sequence: number) => items.map((each) => ({ ...each, bookmark: { responseId: 'resp', sequence } }))
  await store.append(marked(1)) // the first of each looks whether the slot is there (G6)
  expect(await commandsOf(() => store.append(marked(2)))).toEqual({ script: 1, strlen: 200, hset: 200 })
})
