import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ErrorBody } from '../../src/protocol/errors.ts'
import type { History, Opened } from '../../src/protocol/events.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { RawClient } from '../support/raw-client.ts'
import { Scrape } from '../support/series.ts'

const MIB = 1024 * 1024

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.stop())

/** A session of `count` user messages of `length` characters each, made in Redis. */
async function sessionOf(count: number, length: number): Promise<string> {
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const common = { role: 'user', content: 'é'.repeat(length / 2), status: 'complete', attempt: 1, metadata: {} }
  const createdAt = new Date().toISOString()
  const fields: string[] = []
  for (let seq = 1; seq <= count; seq++)
    fields.push(`message:${seq}`, JSON.stringify({ id: randomUUID(), seq, createdAt, ...common }))
  await cluster.inspect().hset(`session:{${sessionId}}`, 'seq', count, 'version', count, ...fields)
  return sessionId
}

describe('[E] a snapshot', () => {
  test('begins where it was asked to, from the start where the session does not reach that far', async () => {
    const sessionId = await sessionOf(5, 10)
    const client = await cluster.connect()
    const cases: [number | undefined, number, number[]][] = [
      [undefined, 0, [1, 2, 3, 4, 5]],
      [0, 0, [1, 2, 3, 4, 5]],
      [3, 3, [4, 5]],
      [5, 5, []],
      [6, 0, [1, 2, 3, 4, 5]],
      [1_000_000, 0, [1, 2, 3, 4, 5]],
    ]
    for (const [after, begins, seqs] of cases) {
      const opened = await client.request('session:open', { sessionId, after })
      expect([after, opened.after, opened.messages.map(({ seq }) => seq)]).toEqual([after, begins, seqs])
    }
    expect(await client.open({ after: 7 })).toMatchObject({ resumed: false, after: 0, messages: [] })
  })

  test('of more than 1 MiB is the newest of it, and the history gives the rest in pages of as much', async () => {
    const sessionId = await sessionOf(80, 30_000)
    const raw = await RawClient.join(cluster.urlOf(0))
    const { messages, after } = (await raw.emit('"session:open"', JSON.stringify({ sessionId }))) as Required<Opened>
    const seqs = messages.map(({ seq }) => seq)
    expect(seqs.at(-1)).toBe(80)
    expect(after).toBe((seqs[0] ?? 0) - 1)
    expect(seqs.length).toBeGreaterThan(30)
    for (let hasMore = after > 0; hasMore; ) {
      const request = JSON.stringify({ sessionId, before: seqs[0], limit: 1000 })
      const page = (await raw.emit('"session:history"', request)) as History
      seqs.unshift(...page.messages.map(({ seq }) => seq))
      hasMore = page.hasMore
    }
    expect(seqs).toEqual(Array.from({ length: 80 }, (_, i) => i + 1))
    const longest = Math.max(...raw.frames.map((frame) => Buffer.byteLength(frame)))
    expect(longest).toBeGreaterThan(MIB * 0.9)
    expect(longest).toBeLessThanOrEqual(MIB)
  })

  test('is as short as the client asks', async () => {
    const sessionId = await sessionOf(80, 1000)
    const client = await cluster.connect()
    const open = (after: number) => client.request('session:open', { sessionId, after, maxBytes: 10_000 })
    const { messages, after } = await open(0)
    expect(messages.map(({ seq }) => seq)).toEqual([73, 74, 75, 76, 77, 78, 79, 80])
    expect(after).toBe(72)
    expect(await open(78)).toMatchObject({ after: 78, messages: [{ seq: 79 }, { seq: 80 }] })
    expect(await client.refusal('session:open', { sessionId, maxBytes: 0 })).toMatchObject({ code: 'invalid' })
  })

  test('holds one message in any case, however long it is', async () => {
    const sessionId = await sessionOf(2, 3 * MIB)
    const client = await cluster.connect()
    for (const maxBytes of [undefined, 1]) {
      const opened = await client.request('session:open', { sessionId, maxBytes })
      expect([opened.after, opened.messages.map(({ seq }) => seq)]).toEqual([1, [2]])
    }
    const page = await client.request('session:history', { sessionId, before: 2 })
    expect([page.hasMore, page.messages.map(({ seq }) => seq)]).toEqual([false, [1]])
  })
})

test('[E] stop and regenerate say how durable what they did is', async () => {
  cluster.model.say('Yes.')
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Well?')
  await client.ended(answer.id)
  const durable = { persisted: true, backend: 'redis' }
  const ref = { sessionId, messageId: answer.id }
  expect(await client.request('message:stop', ref)).toEqual({
    message: expect.objectContaining({ content: 'Yes.' }),
    ...durable,
  })
  expect(await client.request('message:regenerate', ref)).toEqual({
    answer: expect.objectContaining({ attempt: 2 }),
    ...durable,
  })
  await client.ended(answer.id, 2)
})

/** Opcodes of RFC 6455, 5.5. */
const [PING, PONG] = [0x9, 0xa]

/** A masked frame, as clients send it; the mask is zero. */
function controlFrame(opcode: number, length: number): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | length, 0, 0, 0, 0]), Buffer.alloc(length, 'x')])
}

async function openConnections(): Promise<number> {
  const metrics = await (await fetch(`${cluster.urlOf(0)}/metrics`)).text()
  return Number(/^baton_connections(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1])
}

async function refused(): Promise<number> {
  return (await Scrape.of(cluster.urlOf(0))).value('baton_errors_total', { code: 'rate_limited' })
}

test('[X6] what one client sends in one go takes turns with what everybody else sends', async () => {
  const flooder = await RawClient.join(cluster.urlOf(0))
  const bystander = await RawClient.join(cluster.urlOf(0))
  const replica = cluster.replica(0)
  // All of it is there when the replica looks, the flood first.
  replica.freeze()
  flooder.sendTogether(Array.from({ length: 1500 }, () => '42["flood"]'))
  bystander.send('42["bystander"]')
  replica.thaw()
  const refused = (event: string) =>
    replica.logs.flatMap((line, at) => (line.msg === 'request refused' && line.event === event ? [at] : []))
  await eventually('all of it is refused', () => refused('flood').length === 1500)
  const before = refused('flood').filter((at) => at < (refused('bystander')[0] ?? Number.POSITIVE_INFINITY))
  expect(before.length).toBeLessThan(100)
})

test('a ping of the WebSocket is answered', async () => {
  const client = new WebSocket(`${cluster.urlOf(0)}/socket.io/?EIO=4&transport=websocket`.replace('http', 'ws'))
  onTestFinished(() => client.terminate())
  await once(client, 'open')
  const answered = once(client, 'pong')
  client.ping('here?')
  expect(String((await answered)[0])).toBe('here?')
})

test('[X6] stopping and regenerating read what they need of a session, however long it is', async () => {
  cluster.model.say('Yes.')
  const sessionId = await sessionOf(90, 30_000)
  const client = await cluster.connect()
  await client.open({ sessionId })
  const { answer } = await client.send(sessionId, 'Well?')
  await client.ended(answer.id)
  const redis = cluster.inspect()
  const output = async () => Number(/total_net_output_bytes:(\d+)/.exec(await redis.info('stats'))?.[1])
  /** What Redis sends for `work`: the least of three times, because the replica may ask for something else meanwhile. */
  const bytesOf = async (work: (time: number) => Promise<unknown>) => {
    let least = Number.POSITIVE_INFINITY
    for (let time = 1; time <= 3; time++) {
      const before = await output()
      await work(time)
      least = Math.min(least, (await output()) - before)
    }
    return least
  }
  const ref = { sessionId, messageId: answer.id }
  expect(await bytesOf(() => client.request('message:stop', ref))).toBeLessThan(100_000)
  const unknown = { sessionId, messageId: randomUUID() }
  expect(await bytesOf(() => client.refusal('message:stop', unknown))).toBeLessThan(100_000)
  const regenerate = async (time: number) => {
    await client.request('message:regenerate', ref)
    await client.ended(answer.id, time + 1)
  }
  expect(await bytesOf(regenerate), 'as much as the model is given').toBeLessThan(1_000_000)
  expect(await bytesOf(() => redis.hgetall(`session:{${sessionId}}`))).toBeGreaterThan(2_500_000)
})

describe('[X6] a socket that sends more than its allowance', () => {
  const floods: [string, (i: number) => string][] = [
    ['of events that nobody knows', () => '42["x"]'],
    ['of events that want an acknowledgement', (i) => `42${i}["x"]`],
    ['of acknowledgements', () => '430[]'],
    ['of bytes', (i) => `42${i}["x",[${'1,'.repeat(50_000)}1]]`],
    ['of heartbeats that nobody asked for', () => '3'],
    ['of packets that mean nothing', () => '6'],
    ['of binary', (i) => `451-${i}["x",{"_placeholder":true,"num":0}]`],
  ]
  test.each(floods)('%s is told so, then closed', async (_, frame) => {
    const bystander = await cluster.connect()
    const sessionId = await bystander.newSession()
    const before = await refused()
    const raw = await RawClient.join(cluster.urlOf(0))
    for (let i = 0; i < 10_000 && raw.open; i += 20) {
      raw.sendTogether(Array.from({ length: 20 }, (_, k) => frame(i + k)))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await raw.closed).toBe(1008)
    const refusals = raw.frames
      .filter((one) => one.includes('rate_limited'))
      .map((one): { error: ErrorBody } => JSON.parse(one.slice(one.indexOf('[')))[0])
    if (frame(1).startsWith('421')) {
      expect(refusals.length).toBeGreaterThan(0)
      for (const { error } of refusals)
        expect(error).toMatchObject({ retryable: true, retryAfterMs: expect.any(Number) })
      expect(await refused()).toBeGreaterThanOrEqual(before + refusals.length)
    }
    await bystander.request('session:extend', { sessionId })
  })

  test.each([
    ['pings', PING],
    ['pongs', PONG],
  ])('of %s of the WebSocket is closed, whether it reads or not', async (_, opcode) => {
    for (const reads of [true, false]) {
      const raw = await RawClient.join(cluster.urlOf(0))
      if (!reads) raw.pause()
      for (let i = 0; i < 100; i++) raw.sendBytes(Buffer.concat(Array(100).fill(controlFrame(opcode, 125))))
      await eventually('it is closed', async () => (await openConnections()) === 0)
      if (reads) expect(await raw.closed).toBe(1008)
    }
  })

  test('is not one that opens 64 sessions and asks about each at once', async () => {
    const client = await cluster.connect()
    const opened = await Promise.all(Array.from({ length: 64 }, () => client.request('session:open', {})))
    for (let i = 0; i < 10; i++) {
      const extended = opened.map(({ session }) => client.request('session:extend', { sessionId: session.id }))
      expect(await Promise.all(extended)).toHaveLength(64)
    }
  })
})

describe('[X6] [D7] one socket', () => {
  test.each([
    ['stops a long answer that has ended', '"message:stop"', true],
    ['sends again a message that has a long answer', '"message:send"', true],
    ['reads a long message and wants no acknowledgement', '"session:history"', false],
  ])('that %s, again and again, gets as much of it as of any large reply', async (_, event, acknowledged) => {
    cluster.model.say('Yes.')
    const asker = await cluster.connect()
    const sessionId = await asker.newSession()
    const { message, answer } = await asker.send(sessionId, 'Well?')
    await asker.ended(answer.id)
    const key = `session:{${sessionId}}`
    const stored = JSON.parse((await cluster.inspect().hget(key, 'message:2')) ?? '')
    await cluster.inspect().hset(key, 'message:2', JSON.stringify({ ...stored, content: 'x'.repeat(MIB * 0.9) }))

    const raw = await RawClient.join(cluster.urlOf(0))
    const payload = JSON.stringify({ sessionId, messageId: answer.id, id: message.id, content: 'Well?' })
    const began = performance.now()
    // The first two are of its allowance, and as many as may be under way at once are begun before the third's rest.
    for (let i = 1; i <= 5; i++) raw.send(acknowledged ? `42${i}[${event},${payload}]` : `42[${event},${payload}]`)
    await raw.emit('"session:extend"', JSON.stringify({ sessionId }))
    expect(performance.now() - began).toBeGreaterThan(2000)
    expect(raw.frames.filter((frame) => frame.length > MIB / 2)).toHaveLength(acknowledged ? 5 : 0)
  })

  test('that was given much has its running answer stopped as soon as any other', async () => {
    const sessionId = await sessionOf(2, MIB)
    const rest = cluster.model.saysInTwo('Well, ', 'yes.')
    onTestFinished(() => rest.open())
    const client = await cluster.connect()
    const running = await client.newSession()
    const { answer } = await client.send(running, 'Well?')
    const raw = await RawClient.join(cluster.urlOf(0))
    const history = (): Promise<unknown> => raw.emit('"session:history"', JSON.stringify({ sessionId, limit: 1 }))
    await history()
    await history()
    let isGiven = false
    const third = history().then(() => {
      isGiven = true
    })
    expect(
      await raw.emit('"message:stop"', JSON.stringify({ sessionId: running, messageId: answer.id })),
    ).toMatchObject({
      ok: true,
      message: { status: 'stopped' },
    })
    expect(isGiven).toBe(false)
    await third
  })
})

test('[X6] sockets that read nothing and ask for everything cost bounded memory, and a good client nothing', async () => {
  const sessionId = await sessionOf(40, 30_000)
  const bystander = await cluster.connect()
  const own = await bystander.newSession()
  const held = async () => {
    const metrics = await (await fetch(`${cluster.urlOf(0)}/metrics`)).text()
    return Number(/^nodejs_external_memory_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1])
  }
  const before = await held()
  const sockets = await Promise.all(Array.from({ length: 40 }, () => RawClient.join(cluster.urlOf(0))))
  for (const raw of sockets) {
    raw.pause()
    const request = JSON.stringify({ sessionId })
    // Beyond what the kernel keeps for a socket whose other end does not read.
    raw.sendTogether(Array.from({ length: 30 }, (_, i) => `42${i}["session:open",${request}]`))
  }
  let most = 0
  await eventually(
    'those that read nothing are closed',
    async () => {
      most = Math.max(most, await held())
      await bystander.request('session:extend', { sessionId: own })
      const metrics = await (await fetch(`${cluster.urlOf(0)}/metrics`)).text()
      return /^baton_connections(?:\{.*\})? [12]$/m.test(metrics)
    },
    50_000,
  )
  // Of 40 replies of 1 MiB each, those that wait for the network, or are being made, and none that it has taken.
  expect(most - before).toBeLessThan(16 * MIB)
})
