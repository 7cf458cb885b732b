import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { BusMessage } from '../../src/ports/bus.ts'
import { type Log, silentLog } from '../../src/ports/log.ts'
import { type Meter, noMeter } from '../../src/ports/meter.ts'
import { RedisBus } from '../../src/store/redis/bus.ts'
import { connectRedis, type RedisConnections } from '../../src/store/redis/connect.ts'
import { Keys } from '../../src/store/redis/keys.ts'
import { PROTOCOL } from '../../src/store/redis/protocol.ts'
import { Undelivered } from '../../src/store/redis/undelivered.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const keys = new Keys()

let server: TestRedis
const opened: (RedisBus | RedisConnections)[] = []
beforeAll(async () => {
  server = await startRedis()
})
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})
afterAll(() => server?.stop())

/** One replica's end of the bus, what it received, and what it logged. */
async function replica(address: string, url = server.url) {
  const said: string[] = []
  const note = (_: object, text: string) => void said.push(text)
  const log: Log = { ...silentLog, warn: note, error: note }
  const caught: string[] = []
  const meter: Meter = { ...noMeter, caught: (_, { door }) => caught.push(door) }
  const connections = await connectRedis({ REDIS_URL: [url] }, silentLog)
  const bus = new RedisBus(connections, { address, log, meter })
  opened.push(connections, bus)
  const received: BusMessage[] = []
  bus.receive((note) => void received.push(note))
  await bus.start()
  return { bus, connections, received, said, caught }
}

const delta = (offset: number, text = 'x'): BusMessage => ({
  kind: 'delta',
  sessionId: 's',
  messageId: 'm',
  attempt: 1,
  offset,
  text,
})

async function publishes(connections: RedisConnections): Promise<number> {
  const stats = await connections.commands.info('commandstats')
  return Number(/^cmdstat_spublish:calls=(\d+)/m.exec(stats)?.[1] ?? 0)
}

test('notes arrive in order and whole, at the replica that they are for', async () => {
  const [a, b, c] = [await replica('a.1'), await replica('b.1'), await replica('c.1')]
  const sent = Array.from({ length: 300 }, (_, i) => delta(i, '👩‍👩‍👧‍👦 漢字 "\n'))
  for (const [i, note] of sent.entries()) {
    a.bus.send('b.1', note)
    if (i % 50 === 0) await new Promise(setImmediate)
  }
  a.bus.send('c.1', { kind: 'watch', sessionId: 's', watcher: 'a.1' })
  a.bus.send('c.1', { kind: 'fenced', sessionId: 's', epoch: 7 })
  await expect.poll(() => b.received).toEqual(sent)
  await expect.poll(() => c.received).toHaveLength(2)
  expect(c.received).toEqual([
    { kind: 'watch', sessionId: 's', watcher: 'a.1' },
    { kind: 'fenced', sessionId: 's', epoch: 7 },
  ])
  expect(a.received).toEqual([])
})

test('the notes of one turn of the event loop cost one publication per replica', async () => {
  const [a, b, c] = [await replica('a.1'), await replica('b.1'), await replica('c.1')]
  const before = await publishes(a.connections)
  for (let i = 0; i < 100; i++) for (const address of ['b.1', 'c.1']) a.bus.send(address, delta(i))
  await expect.poll(() => [b.received.length, c.received.length]).toEqual([100, 100])
  expect((await publishes(a.connections)) - before).toBe(2)
})

test('[X6] a malformed message and a handler that throws are logged, and the bus goes on', async () => {
  const { connections, bus, received, said, caught } = await replica('a.1')
  const bad = ['', 'nonsense', '{}', '[1]', '[null]', '[{"kind":"delta"}]']
  for (const bus of bad) await connections.commands.spublish(keys.bus('a.1'), bus)
  bus.send('a.1', delta(1))
  await expect.poll(() => received).toEqual([delta(1)])
  expect(said).toHaveLength(bad.length)
  bus.receive((note) => {
    received.push(note)
    throw new Error('cannot handle it')
  })
  bus.send('a.1', delta(2))
  bus.send('a.1', delta(3))
  await expect.poll(() => received).toEqual([delta(1), delta(2), delta(3)])
  expect(said).toHaveLength(bad.length + 2)
  expect(caught).toEqual(['bus', 'bus'])
})

test('[X6] [G6] a message that cannot be written costs a look, and holds up no other', async () => {
  const [a, b, c] = [await replica('a.1'), await replica('b.1'), await replica('c.1')]
  const unwritable = delta(1)
  Object.assign(unwritable, {
    toJSON() {
      throw new Error('a bug')
    },
  })
  a.bus.send('b.1', unwritable)
  a.bus.send('c.1', delta(2))
  await expect.poll(() => c.received).toEqual([delta(2)])
  await expect.poll(() => b.received).toEqual([{ kind: 'look', sessionId: 's' }])
  a.bus.send('b.1', delta(3))
  await expect.poll(() => b.received.at(-1)).toEqual(delta(3))
  expect(a.caught).toEqual(['bus'])
})

test('[G6] whoever may not have got what was sent while the connection broke is told to look', async () => {
  const proxy = await startTcpProxy(Number(new URL(server.url).port))
  onTestFinished(() => proxy.stop())
  const [a, b] = [await replica('a.1', `redis://127.0.0.1:${proxy.port}`), await replica('b.1')]
  proxy.cut()
  a.bus.send('b.1', delta(1))
  a.bus.send('b.1', { kind: 'watch', sessionId: 'other', watcher: 'a.1' })
  await new Promise(setImmediate)
  proxy.reset()
  proxy.mend()
  await expect.poll(() => b.received, { timeout: 10_000 }).toEqual([{ kind: 'look', sessionId: 's' }])
})

test('[G6] more than can be kept apart is told as one', () => {
  const undelivered = new Undelivered()
  for (let i = 0; i < 5000; i++) undelivered.add('b.1', [{ kind: 'look', sessionId: `s${i}` }])
  undelivered.add('c.1', [{ kind: 'owning', replica: 'a.1' }])
  expect(undelivered.take()).toEqual([['b.1', [{ kind: 'look', sessionId: null }]]])
  expect(undelivered.isEmpty).toBe(true)
})

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

test('[X6] a message with the wrong fields costs itself, and no other that came with it', async () => {
  const { connections, received, said } = await replica('a.1')
  const message = { id: 'm', seq: 1, role: 'user', content: '', status: 'complete', attempt: 1, createdAt: 'x' }
  const bad = [
    { ...delta(1), offset: '1' },
    { ...delta(1), attempt: -1 },
    { ...delta(1), text: null },
    { kind: 'message', sessionId: 's', message: { ...message, metadata: null } },
    { kind: 'message', sessionId: 's', message: { ...message, metadata: {}, role: 'king' } },
    { kind: 'activity', sessionId: 's', event: { sessionId: 's', messageId: 'm', kind: 'dancing' } },
    { kind: 'watch', sessionId: 's' },
    { kind: 'fenced', sessionId: 's', epoch: 1e300 },
    { kind: 'handover', owner: 'b.1' },
    { kind: 'died', replica: {} },
    { kind: { toString: 1 } },
  ].map((note) => JSON.stringify(note))
  const deep = `{"kind":"message","sessionId":"s","message":${JSON.stringify(message).slice(0, -1)},"metadata":{"a":${nested(20_000)}}}}`
  const bus = [JSON.stringify(delta(1)), ...bad, nested(20_000), deep, JSON.stringify(delta(2))]
  await connections.commands.spublish(keys.bus('a.1'), `[${bus.join()}]`)
  await expect.poll(() => received).toEqual([delta(1), delta(2)])
  expect(said).toEqual(['messages from another replica are malformed'])
})

test('[G8] what is sent carries the number of the protocol, and what came with it reaches nobody', async () => {
  const { connections, bus, received } = await replica('a.1')
  const heard: string[] = []
  connections.bus.onMessage((_, bus) => void heard.push(bus.toString()))
  bus.send('a.1', delta(1))
  await expect.poll(() => received).toHaveLength(1)
  expect(received).toStrictEqual([delta(1)])
  expect(JSON.parse(heard[0] ?? '')).toEqual([{ v: PROTOCOL, ...delta(1) }])
})

test('[G8] messages of kinds that are not known here are passed over, one by one', async () => {
  const { connections, received, said } = await replica('a.1')
  const foreign = { kind: 'of-a-later-version', sessionId: 's' }
  await connections.commands.spublish(keys.bus('a.1'), JSON.stringify([foreign, delta(1), foreign, delta(2)]))
  await expect.poll(() => received).toEqual([delta(1), delta(2)])
  expect(said).toEqual([])
})

test('[G8] messages of kinds that the last version does not know come by themselves, in their place', async () => {
  const { connections, bus, received } = await replica('a.1')
  const other = await replica('b.1')
  const before = await publishes(connections)
  const event = { sessionId: 's', messageId: 'm', kind: 'thinking' } as const
  for (const note of [delta(1), { kind: 'activity', sessionId: 's', event } as const]) bus.send('b.1', note)
  await expect.poll(() => other.received).toEqual([delta(1), { kind: 'activity', sessionId: 's', event }])
  expect((await publishes(connections)) - before).toBe(2)
  expect(received).toEqual([])
})

test('the bus survives a Redis that was killed: what is sent meanwhile is dropped, and the receiver told to look, then it flows again', async () => {
  const [a, b] = [await replica('a.1'), await replica('b.1')]
  await server.kill()
  await expect.poll(() => a.connections.state()).toBe('away')
  for (let i = 0; i < 10; i++) {
    a.bus.send('b.1', delta(i, 'lost'))
    await new Promise(setImmediate)
  }
  await expect.poll(() => a.said).toEqual(['messages to other replicas are dropped'])
  await server.restart()
  await expect
    .poll(() => [a.connections.state(), b.connections.state()], { timeout: 10_000 })
    .toEqual(['ready', 'ready'])
  await expect
    .poll(() => {
      a.bus.send('b.1', delta(0, 'again'))
      return b.received.at(-1)
    })
    .toEqual(delta(0, 'again'))
  await expect.poll(() => b.received).toContainEqual({ kind: 'look', sessionId: 's' })
  expect(b.received.every((note) => note.kind === 'look' || (note.kind === 'delta' && note.text === 'again'))).toBe(
    true,
  )
})

test('[G6] what was handed over is settled once its receiver has been told to look', async () => {
  const [a, b] = [await replica('a.1'), await replica('b.1')]
  // It may be told before it has subscribed again: then it is told once more, as `DeadWatchers` does.
  a.bus.onUnreached((to, sessionId) => setTimeout(() => a.bus.send(to, { kind: 'look', sessionId }), 20))
  await a.bus.settled() // nothing was
  await server.kill()
  await expect.poll(() => a.connections.state()).toBe('away')
  a.bus.send('b.1', delta(2))
  let isSettled = false
  const settled = a.bus.settled().then(() => {
    isSettled = true
  })
  await expect.poll(() => a.said).toEqual(['messages to other replicas are dropped'])
  expect(isSettled).toBe(false)
  await server.restart()
  await settled
  await expect.poll(() => b.received).toContainEqual({ kind: 'look', sessionId: 's' })
})

test('what waits for a frozen Redis is bounded', async () => {
  const [a, b] = [await replica('a.1'), await replica('b.1')]
  server.freeze()
  try {
    for (let i = 0; i < 40; i++) {
      a.bus.send('b.1', delta(i, 'x'.repeat(256 * 1024)))
      await new Promise(setImmediate)
    }
    expect(a.said).toEqual(['messages to other replicas are dropped'])
  } finally {
    server.thaw()
  }
  await expect.poll(() => b.received.length).toBeGreaterThan(0)
  expect(b.received.length).toBeLessThan(20)
  expect(b.received).toEqual(b.received.map((_, i) => delta(i, 'x'.repeat(256 * 1024))))
})

test('closing sends what was handed over, and takes no more', async () => {
  const [a, b] = [await replica('a.1'), await replica('b.1')]
  a.bus.send('b.1', delta(1))
  await a.bus.close()
  a.bus.send('b.1', delta(2))
  await expect.poll(() => b.received).toEqual([delta(1)])
  b.bus.send('a.1', delta(3))
  await b.connections.commands.ping()
  expect(a.received).toEqual([])
})
