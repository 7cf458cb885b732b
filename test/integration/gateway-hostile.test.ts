import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ClientEvent } from '../../src/protocol/events.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { within } from '../support/conditions.ts'
import { type HostilePayload, hostilePayloads } from '../support/hostile-payloads.ts'
import { RawClient } from '../support/raw-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import type { TestClient } from '../support/test-client.ts'

const EVENTS: ClientEvent[] = [
  'session:open',
  'message:send',
  'message:stop',
  'message:regenerate',
  'session:history',
  'session:extend',
  'session:clear',
  'auth:renew',
]

let cluster: Cluster
/** Somebody else, whose answer streams all the while. */
let bystander: { client: TestClient; answerId: string; finish(): void; said: () => string }

beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.stop())

beforeEach(async () => {
  let said = ''
  let finished = false
  cluster.model.script(async function* () {
    for (let i = 0; !finished; i++) {
      const piece = `${i} `
      said += piece
      yield piece
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  })
  const client = await cluster.connect()
  const sessionId = await client.newSession()
  const { answer } = await client.send(sessionId, 'Count')
  await client.text(answer.id)
  const finish = () => {
    finished = true
  }
  bystander = { client, answerId: answer.id, finish, said: () => said }
})
afterEach(async () => {
  bystander.finish()
  const { content } = await bystander.client.ended(bystander.answerId)
  expect(content).toBe(bystander.said())
  expect(bystander.client.violations).toEqual([])
})

/** What may be said to a hostile payload, or the connection ends. */
const REFUSALS = ['invalid', 'too_large']

describe('[X2] sixty hostile payloads', () => {
  for (const event of EVENTS) {
    test(`of ${event} cost their sender an error or its connection, and nobody else anything`, async () => {
      const sessionId = await newSession()
      const payloads = hostilePayloads(event, sessionId)
      expect(payloads.length).toBeGreaterThanOrEqual(60)
      let raw = await RawClient.join(cluster.urlOf(0))
      const failures: string[] = []
      for (const payload of payloads) {
        if (!raw.open) raw = await RawClient.join(cluster.urlOf(0))
        const complaint = verdict(payload, await raw.emit(JSON.stringify(event), payload.json))
        if (complaint !== null) failures.push(complaint)
      }
      expect(failures).toEqual([])
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    })
  }
})

/** What was wrong with the gateway's answer; null where nothing was. */
function verdict({ name, harmless }: HostilePayload, reply: unknown): string | null {
  if (reply === null) return null
  const { ok, error } = reply as { ok: boolean; error?: { code: string; message: string } }
  if (ok) return harmless === true ? null : `${name}: was taken`
  if (error === undefined || typeof error.message !== 'string') return `${name}: ${JSON.stringify(reply)}`
  if (harmless !== true && !REFUSALS.includes(error.code)) return `${name}: ${error.code} ${error.message}`
  if (/node_modules|\.(js|ts):\d+|\n\s+at /.test(error.message)) return `${name}: shows a stack: ${error.message}`
  return error.message.length > 500 ? `${name}: a message of ${error.message.length} characters` : null
}

test('[X1] an error names the field that is wrong', async () => {
  const raw = await RawClient.join(cluster.urlOf(0))
  const sessionId = await newSession()
  const id = randomUUID()
  const cases: [string, object, string][] = [
    ['message:send', { sessionId, id, content: 7 }, 'content'],
    ['message:send', { sessionId, id: 'x', content: 'hi' }, 'id'],
    ['message:send', { sessionId, id, content: 'hi', metadata: [] }, 'metadata'],
    ['message:send', { id, content: 'hi' }, 'sessionId'],
    ['message:send', { sessionId, id, content: 'é'.repeat(16_385) }, 'content'],
    ['session:history', { sessionId, limit: 0 }, 'limit'],
    ['session:history', { sessionId, before: -1 }, 'before'],
    ['session:open', { resume: 'oldest' }, 'resume'],
    ['session:open', { after: 'x' }, 'after'],
    ['session:open', { userId: '' }, 'userId'],
    ['message:stop', { sessionId }, 'messageId'],
  ]
  for (const [event, payload, field] of cases) {
    const reply = (await raw.emit(JSON.stringify(event), JSON.stringify(payload))) as {
      error: { code: string; message: string }
    }
    expect([event, field, reply.error.message]).toEqual([event, field, expect.stringContaining(field)])
    expect(reply.error.code).toBe(
      field === 'content' && event === 'message:send' && payload !== cases[0]?.[1] ? 'too_large' : 'invalid',
    )
  }
})

test('[X1] [X2] unknown events, and known ones with the wrong number of arguments, are acknowledged with invalid', async () => {
  const raw = await RawClient.join(cluster.urlOf(0))
  const events = [
    '"no such event"',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"hasOwnProperty"',
    '""',
    '7',
    '"message"',
    '"delta"',
  ]
  for (const event of events) expect([event, await raw.emit(event, '{}')]).toEqual([event, invalid])
  for (const event of EVENTS)
    expect([event, await raw.emit(JSON.stringify(event), '[]', '{}')]).toEqual([event, invalid])
  const missing = { ...invalid, error: { ...invalid.error, message: 'payload: is missing' } }
  for (const event of EVENTS) expect([event, await raw.emit(JSON.stringify(event))]).toEqual([event, missing])
  expect(raw.open).toBe(true)
})

const invalid = { ok: false, error: { code: 'invalid', message: expect.any(String), retryable: false } }

test('[X2] malformed frames cost the connection or nothing', async () => {
  const frames: (string | Uint8Array)[] = [
    '',
    '4',
    '42',
    '42[',
    '42{}',
    '42[]',
    '42[null]',
    '42["disconnect"]',
    '42["connect_error",{}]',
    '42["session:open"',
    `42${'9'.repeat(400)}["session:open",{}]`,
    '42-1["session:open",{}]',
    '43["ack"]',
    '430[{"ok":true}]',
    '4399999[1]',
    '44{"message":"no"}',
    '45-["session:open",{"_placeholder":true,"num":0}]',
    '451-["session:open",{"_placeholder":true,"num":7}]',
    '45999999999-["session:open",{"_placeholder":true,"num":0}]',
    '461-0[{"_placeholder":true,"num":0}]',
    '47',
    '49["x"]',
    '40/admin,',
    '40/../../etc/passwd,',
    `40${'/a'.repeat(5000)},`,
    '40{"token":',
    '41',
    '5',
    '6',
    '7nonsense',
    '1',
    '0{"sid":"mine"}',
    '2probe',
    '3probe',
    'b4AAAA',
    '\u0000\u0000',
    '🦊',
    '42["session:open",{"sessionId":"\\ud800"}]',
    `42["session:open",${'['.repeat(50_000)}${']'.repeat(50_000)}]`,
    `42["session:open",${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]`,
    new Uint8Array([1, 2, 3]),
    new Uint8Array(0),
    new Uint8Array(100_000),
  ]
  for (const frame of frames) {
    const raw = await RawClient.join(cluster.urlOf(0))
    raw.send(frame)
    const after = await raw.emit('"session:open"', '{}') // closed, or as well as ever
    expect([String(frame).slice(0, 50), after === null || (after as { ok: boolean }).ok]).toEqual([
      String(frame).slice(0, 50),
      true,
    ])
  }
})

test.each(['42', '42/,', '451-', '42/admin,'])(
  '[X2] an acknowledgement asked for by %s and a longer number than is exact costs the connection, one by 15 digits is given',
  async (packet) => {
    const raw = await RawClient.join(cluster.urlOf(0))
    raw.send('42999999999999999["session:open",{}]')
    await raw.frame((frame) => frame.startsWith('43999999999999999[{"ok":true'))
    raw.send(`${packet}9999999999999999999999["session:open",{}]`)
    expect(await within('the end', raw.closed)).toBe(1008)
    expect(raw.frames.filter((frame) => frame.startsWith('43'))).toHaveLength(1)
  },
)

test.each([
  [
    'a body in ten thousand pieces',
    `POST /socket.io/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(10_000)}`,
  ],
  ['thousands of requests ahead of their replies', 'GET /socket.io/ HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3000)],
])('[X6] who sends %s under the path of the sockets is hung up on', async (_, flood) => {
  const connection = await RawConnection.open(cluster.urlOf(0))
  connection.write(flood)
  await connection.closed()
  expect(connection.read).toBe('')
})

test('[X2] broken WebSocket frames, and none at all, cost the connection', async () => {
  const bytes: number[][] = [
    [0x81, 0x05, 1, 2, 3, 4, 5], // not masked
    [0xf1, 0x80, 0, 0, 0, 0], // reserved bits
    [0x83, 0x80, 0, 0, 0, 0], // reserved opcode
    [0x81, 0x81, 0, 0, 0, 0, 0xff], // no UTF-8
    [0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0], // a ping of 256 bytes
    [0x80, 0x80, 0, 0, 0, 0], // goes on with nothing
    [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], // 2^63 bytes to come
  ]
  for (const one of bytes) {
    const raw = await RawClient.join(cluster.urlOf(0))
    raw.sendBytes(Uint8Array.from(one))
    expect(await within(`${one} closes the connection`, raw.closed)).toBeGreaterThan(1000)
  }
})

test('[X2] a frame beyond 128 KiB costs the connection, one just below does not', async () => {
  const sessionId = await newSession()
  const payload = (length: number) => JSON.stringify({ sessionId, id: randomUUID(), content: 'x'.repeat(length) })
  const raw = await RawClient.join(cluster.urlOf(0))
  expect(await raw.emit('"message:send"', payload(32_769))).toMatchObject({
    error: { code: 'too_large', retryable: false },
  })
  expect(await raw.emit('"message:send"', payload(128 * 1024 - 300))).toMatchObject({ error: { code: 'too_large' } })
  expect(await raw.emit('"message:send"', payload(128 * 1024))).toBeNull()
  expect(await raw.closed).toBe(1009)
})

test('[X2] binary where none belongs is refused', async () => {
  const sessionId = await newSession()
  const raw = await RawClient.join(cluster.urlOf(0))
  const placeholder = '{"_placeholder":true,"num":0}'
  const payloads = [
    `{"sessionId":${placeholder}}`,
    `{"sessionId":"${sessionId}","id":"${randomUUID()}","content":${placeholder}}`,
    `{"sessionId":"${sessionId}","id":"${randomUUID()}","content":"hi","metadata":${placeholder}}`,
    `{"sessionId":"${sessionId}","id":"${randomUUID()}","content":"hi","metadata":{"a":[${placeholder}]}}`,
    placeholder,
  ]
  for (const [i, payload] of payloads.entries()) {
    const id = 900 + i
    raw.send(`451-${id}["message:send",${payload}]`)
    raw.send(new Uint8Array([1, 2, 3]))
    const reply = await raw.frame((frame) => frame.startsWith(`43${id}[`) || frame.includes(`-${id}[`))
    expect([payload, JSON.parse(reply.slice(reply.indexOf('[')))]).toEqual([payload, [invalid]])
  }
})

test('[X2] a client that never joins the namespace is let go', async () => {
  const raw = await RawClient.open(cluster.urlOf(0))
  await within('it is closed', raw.closed, 10_000)
})

test('[X2] a flood of requests without reading the replies does not fill the memory of the replica', async () => {
  const sessionId = await newSession()
  const raw = await RawClient.join(cluster.urlOf(0))
  await fillHistory(sessionId)
  const before = await cluster.replica(0).memory()
  raw.pause()
  for (let i = 0; i < 3000 && raw.open; i++) {
    raw.send(`42${10_000 + i}["session:history",{"sessionId":"${sessionId}","limit":1000}]`)
    if (i % 50 === 0) await bystander.client.ask('no such event', {})
  }
  for (let i = 0; i < 20; i++) await bystander.client.ask('no such event', {})
  const grown = (await cluster.replica(0).memory()) - before
  expect(grown).toBeLessThan(100 * 1024 * 1024)
})

async function newSession(): Promise<string> {
  const client = await cluster.connect()
  return client.newSession()
}

/** Some 300 KB of messages. */
async function fillHistory(sessionId: string): Promise<void> {
  const redis = cluster.inspect()
  const content = 'x'.repeat(30_000)
  const fields: string[] = []
  for (let seq = 1; seq <= 10; seq++) {
    const message = {
      id: randomUUID(),
      seq,
      role: 'user',
      content,
      status: 'complete',
      attempt: 1,
      createdAt: new Date().toISOString(),
      metadata: {},
    }
    fields.push(`message:${seq}`, JSON.stringify(message))
  }
  await redis.hset(`session:{${sessionId}}`, 'seq', 10, 'version', 10, ...fields)
}
