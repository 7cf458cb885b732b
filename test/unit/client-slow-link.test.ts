/** A network that is slow but sound: what is large takes its time, and comes. */
import { expect, test } from 'vitest'
import { type BatonClient, ClientError } from '../../src/client/index.ts'
import type { RequestOf } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { when } from '../support/clients.ts'
import { within } from '../support/conditions.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

test('a long conversation opens by its newest messages, and no other connection takes its share of the bytes', async () => {
  const { gateway } = scripted
  let asked = 0
  // All of it comes in time nowhere, and what is asked for twice at once on neither connection.
  gateway.on('session:open', async ({ maxBytes }) => {
    const number = ++asked
    if (maxBytes === undefined) return null
    await new Promise((resolve) => setTimeout(resolve, 150))
    return number === asked ? gateway.opened() : null
  })
  const client = clientOf({ timings: { openMs: 200, rivalMs: 20 } })
  await within('it opens', client.open())
  expect(gateway.sent('session:open').at(-1)).toEqual({ maxBytes: 65_536 })
})

test('a conversation that was opened late is asked for whole the next time', async () => {
  const { gateway } = scripted
  gateway.on('session:open', ({ maxBytes }) => (maxBytes === undefined ? null : gateway.opened()))
  const client = clientOf({ timings: { openMs: 100 } })
  await client.open()
  gateway.on('session:open', () => gateway.opened())
  gateway.cut()
  await when(client, ({ connection }) => connection === 'reconnecting')
  await when(client, ({ connection }) => connection === 'online')
  expect(gateway.sent('session:open').at(-1)).toEqual({ sessionId: gateway.sessionId })
})

/** Pages of this many messages come in time; of a larger one comes nothing, but for what `tell` sends. */
function pagesUpTo(most: number, tell: () => void = () => {}): void {
  const { gateway } = scripted
  const older = Array.from({ length: 100 }, (_, index) => gateway.message({ seq: index + 1, content: `${index + 1}` }))
  gateway.messages = [gateway.message({ seq: 101, content: 'so far', status: 'streaming' })]
  gateway.on('session:history', ({ before = 101, limit = 50 }: RequestOf<'session:history'>) => {
    if (limit <= most) return { messages: older.slice(Math.max(0, before - 1 - limit), before - 1), hasMore: true }
    tell()
    return null
  })
}

const limits = () => scripted.gateway.sent('session:history').map(({ limit }) => limit)
const firstSeq = ({ messages }: { messages: readonly Message[] }) => messages[0]?.seq

test('older messages that do not come in time are asked for by ever smaller pages, and so are those before them', async () => {
  pagesUpTo(12)
  const client = clientOf({ timings: { ackMs: 400 } })
  await client.open()
  expect(await within('a page comes', client.history())).toBe(true)
  expect(firstSeq(client.state)).toBe(94)
  await within('the next page comes', client.history(undefined, 20))
  expect(firstSeq(client.state)).toBe(87)
  expect(limits()).toEqual([50, 25, 13, 7, 7])
})

test('a lost connection makes no page smaller', async () => {
  pagesUpTo(100)
  const { gateway } = scripted
  const client = clientOf()
  await client.open()
  gateway.on('session:history', () => {
    pagesUpTo(100)
    gateway.cut()
    return null
  })
  await within('a page comes', client.history(undefined, 2))
  await client.history()
  expect(limits()).toEqual([2, 2, 50])
})

test('a page that is asked for again after a lost connection leaves no hole, though what is held begins later by then', async () => {
  const { gateway } = scripted
  const all = Array.from({ length: 80 }, (_, index) => gateway.message({ seq: index + 1, content: `${index + 1}` }))
  /** Of a conversation of so many messages it gives the newest five. */
  const has = (length: number) => {
    const after = length - 5
    gateway.on('session:open', () => ({ ...gateway.opened(all.slice(after, length)), after }))
  }
  has(60)
  gateway.on('session:history', ({ before = 81, limit = 50 }) => {
    if (gateway.sent('session:history').length > 1)
      return { messages: all.slice(before - 1 - limit, before - 1), hasMore: true }
    has(80)
    gateway.cut()
    return null
  })
  const client = clientOf()
  await client.open()
  await within('a page comes', client.history(undefined, 10))
  expect(client.state.messages).toEqual(all.slice(65))
})

test('pages grow again where they come soon', async () => {
  pagesUpTo(12)
  const client = clientOf({ timings: { ackMs: 400 } })
  await client.open()
  await within('a page comes', client.history())
  pagesUpTo(100)
  for (const limit of [2, 50, 50, 50, 50]) await client.history(undefined, limit)
  expect(limits()).toEqual([50, 25, 13, 7, 2, 7, 14, 28, 50])
})

/** A page of two is so large that it says something of the network. */
const PASTE = 'x'.repeat(10_000)

/** A conversation of 100 messages opens late, by its newest 12; a page of older ones takes `pageMs`. */
function opensLate(pageMs: number, content = 'short'): void {
  const { gateway } = scripted
  const all = Array.from({ length: 100 }, (_, index) => gateway.message({ seq: index + 1, content }))
  const newest = [...all.slice(88, 99), gateway.message({ seq: 100, status: 'streaming' })]
  gateway.on('session:open', ({ maxBytes }) => {
    return maxBytes === undefined ? null : { ...gateway.opened(newest), after: 88 }
  })
  gateway.on('session:history', async ({ before = 101, limit = 50 }) => {
    await new Promise((resolve) => setTimeout(resolve, pageMs))
    return { messages: all.slice(before - 1 - limit, before - 1), hasMore: true }
  })
}

test('where the conversation opened late, older messages are asked for by pages as large as what came, and waited for, though an answer is silent', async () => {
  opensLate(400)
  const client = clientOf({ timings: { openMs: 100, ackMs: 200, silenceMs: 30, probeMs: 30 } })
  await client.open()
  const connections = new Set<string>()
  client.subscribe(({ connection }) => connections.add(connection))
  const before = scripted.gateway.sent('session:open').length
  expect(await within('a page comes', client.history())).toBe(true)
  expect(scripted.gateway.sent('session:open')).toHaveLength(before)
  expect([firstSeq(client.state), ...connections]).toEqual([77, 'online'])
  expect(limits()).toEqual([12])
})

/** It comes whole, though late. */
function opensLateWhole(): void {
  const { gateway } = scripted
  gateway.messages = [gateway.message({ seq: 2, content: 'so far', status: 'streaming' })]
  gateway.on('session:open', ({ maxBytes }) => (maxBytes === undefined ? null : gateway.opened()))
}

test.each<[name: string, opens: () => void, quickPages: number, call: (client: BatonClient) => Promise<unknown>]>([
  ['a stop', () => opensLate(0), 0, (client) => client.stop()],
  ['older messages, where all came that was asked for', opensLateWhole, 0, (client) => client.history()],
  ['older messages, where a large page has come soon', () => opensLate(0, PASTE), 1, (client) => client.history()],
])(
  'once it has opened late, a replica that falls silent is found out as soon as ever: %s',
  async (_name, opens, quickPages, call) => {
    const { gateway } = scripted
    opens()
    const client = clientOf({ timings: { openMs: 100, ackMs: 60_000, silenceMs: 200, probeMs: 50 } })
    await client.open()
    for (let page = 0; page < quickPages; page++) await client.history(undefined, 2)
    for (const name of ['message:stop', 'session:history'] as const) gateway.on(name, () => null)
    const before = gateway.sent('session:open').length
    const called = call(client)
    await within(
      'it is looked whether it lives',
      gateway.until(() => gateway.sent('session:open').length > before),
    )
    client.close()
    await expect(called).rejects.toBeInstanceOf(ClientError)
  },
)

test('[W3] where it opened late, a quick page of short messages does not take away the patience for a long one', async () => {
  opensLate(0)
  const client = clientOf({ timings: { openMs: 100, ackMs: 200, silenceMs: 30, probeMs: 30 } })
  await client.open()
  await client.history(undefined, 2)
  opensLate(400)
  const connections = new Set<string>()
  client.subscribe(({ connection }) => connections.add(connection))
  expect(await within('a page comes', client.history(undefined, 2))).toBe(true)
  expect([firstSeq(client.state), ...connections]).toEqual([85, 'online'])
})

test('[W3] a page that was late makes patient with the next ones', async () => {
  const { gateway } = scripted
  gateway.messages = [gateway.message({ seq: 101 })]
  let tries = 0
  gateway.on('session:history', async ({ before = 101 }) => {
    if (++tries === 1) return null
    await new Promise((resolve) => setTimeout(resolve, 400))
    return { messages: [gateway.message({ seq: before - 1 })], hasMore: true }
  })
  const client = clientOf({ timings: { ackMs: 200 } })
  await client.open()
  await within('a page comes', client.history(undefined, 1))
  await within('the next page comes', client.history(undefined, 1))
  expect(tries).toBe(3)
})

test('[W3] a page during which the gateway ended the connection, for the pong behind it, is asked for by half', async () => {
  pagesUpTo(12)
  const { gateway } = scripted
  const client = clientOf({ timings: { openMs: 100, ackMs: 200 } })
  opensLate(0)
  await client.open()
  gateway.on('session:history', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    pagesUpTo(100)
    gateway.cut()
    return null
  })
  await within('a page comes', client.history())
  expect(limits()).toEqual([12, 6])
})

test('[W3] where no page came within the time of a call, the next call asks for less', async () => {
  pagesUpTo(0)
  const client = clientOf({ timings: { ackMs: 50, callMs: 10 } })
  await client.open()
  await expect(client.history()).rejects.toMatchObject({ code: 'timeout' })
  pagesUpTo(100)
  await when(client, ({ connection }) => connection === 'online')
  await within('a page comes', client.history())
  expect(limits()).toEqual([50, 25])
})

test('after a page that came late there the next ones are half as large', async () => {
  opensLate(3100)
  const client = clientOf({ timings: { openMs: 100 } })
  await client.open()
  await within('a page comes', client.history())
  opensLate(0)
  await client.history()
  expect(limits()).toEqual([12, 6])
})

test('an answer that comes meanwhile is not cut: its connection lives', async () => {
  const { gateway } = scripted
  let offset = 6
  pagesUpTo(20, () => {
    const [answer] = gateway.messages
    if (answer === undefined) throw new Error('no answer')
    gateway.tell('delta', { sessionId: gateway.sessionId, messageId: answer.id, attempt: 1, offset, text: '.' })
    offset++
  })
  const client = clientOf({ timings: { ackMs: 300 } })
  await client.open()
  const states = new Set<string>()
  client.subscribe(({ connection }) => states.add(connection))
  await within('a page comes', client.history())
  await when(client, ({ messages }) => messages.at(-1)?.content === 'so far..')
  expect([...states]).toEqual(['online'])
  expect(gateway.sent('session:open')).toHaveLength(1)
})
