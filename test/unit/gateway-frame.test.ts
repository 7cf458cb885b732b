import { once } from 'node:events'
import type { Socket } from 'socket.io'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isCallback, stopReading, tellAckIds, unsentBytes, untilRead } from '../../src/gateway/engine-internals.ts'
import { frameOf, replyFrame, writeFrame } from '../../src/gateway/frame.ts'
import { systemClock } from '../../src/ports/clock.ts'
import type { Message } from '../../src/protocol/message.ts'
import { BareSocketIo } from '../support/bare-socketio.ts'
import { within } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'
import { RawClient } from '../support/raw-client.ts'

const SESSION = '5d8b7d26-4f3c-4f7e-9a43-0f6a4a3f7f10'

let bare: BareSocketIo
beforeAll(async () => {
  bare = await BareSocketIo.listen()
})
afterAll(() => bare.close())

test.each(['websocket', 'polling'] as const)(
  'a frame written past the encoder of the library reads like any event, over %s',
  async (transport) => {
    const { client, socket } = await bare.join(transport)
    const received: unknown[] = []
    client.on('delta', (payload) => received.push(payload))
    const done = new Promise((resolve) => client.on('done', resolve))
    const payloads = [1, 60, 125, 126, 127, 200, 65_300, 65_535, 65_536, 70_000, 200_000].map((length, i) => ({
      sessionId: SESSION,
      messageId: `${i}`,
      attempt: 1,
      offset: i,
      text: i % 2 === 0 ? 'x'.repeat(length) : '漢'.repeat(length / 3 + 1),
    }))
    for (const payload of payloads) writeFrame(socket, frameOf('delta', payload))
    socket.emit('done')
    await within('the last event', done)
    client.close()
    expect(received).toEqual(payloads)
  },
)

test('frames on an idle WebSocket pass by the library, and stay in order with what it sends where the client reads slowly', async () => {
  const { client, socket } = await bare.join()
  const received: unknown[] = []
  client.on('delta', ({ messageId }) => received.push(messageId))
  const done = new Promise((resolve) => client.on('done', resolve))
  const payload = (i: number, text: string) => ({ sessionId: SESSION, messageId: `${i}`, attempt: 1, offset: 0, text })
  let passed = 0
  socket.conn.on('packetCreate', () => passed++)

  for (let i = 0; i < 10; i++) writeFrame(socket, frameOf('delta', payload(i, 'x')))
  expect({ passed, unsent: unsentBytes(socket.conn) }).toEqual({ passed: 0, unsent: 0 })

  for (let i = 10; i < 100; i++) {
    if (i % 3 === 0) socket.emit('delta', payload(i, 'y'.repeat(300_000)))
    else writeFrame(socket, frameOf('delta', payload(i, 'z'.repeat(300_000))))
  }
  expect(passed, 'the network is full by now').toBeGreaterThan(30)
  socket.emit('done')
  await within('the last event', done)
  client.close()
  expect(received).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
})

test('the header of a frame tells the length at every border of the encoding', () => {
  for (const length of [0, 10, 30, 31, 32, 33, 65_430, 65_440, 65_450, 100_000]) {
    const { bytes, packet } = frameOf('delta', {
      sessionId: '',
      messageId: '',
      attempt: 1,
      offset: 0,
      text: 'x'.repeat(length),
    })
    const short = bytes.readUInt8(1)
    const [header, told] =
      short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))]
    expect(told).toBe(bytes.length - header)
    expect(bytes.toString('utf8', header)).toBe(`4${packet}`)
  }
})

const messageOf = (content: string): Message => ({
  id: SESSION,
  seq: 1,
  role: 'user',
  content,
  status: 'complete',
  attempt: 1,
  createdAt: '2026-03-01T12:00:00.000Z',
  metadata: { quote: '"' },
})

test.each(['websocket', 'polling'] as const)(
  'a reply with messages, written in one go or by themselves, reads like any acknowledgement, over %s',
  async (transport) => {
    const { client, socket } = await bare.join(transport)
    tellAckIds(socket)
    const many = Array.from({ length: 40 }, (_, i) => `message ${i}`)
    const contents = [[], [''], ['x'.repeat(200)], many, ['漢\n"'.repeat(40_000), 'y'.repeat(100), '👍']]
    socket.onAny((_event, which: number, answer: unknown) => {
      if (!isCallback(answer) || answer.ackId === undefined) throw new Error('no acknowledgement with a number')
      const reply = { ok: true, messages: contents[which]?.map(messageOf) ?? [] }
      writeFrame(socket, replyFrame(answer.ackId, reply))
    })
    for (const [which, some] of contents.entries()) {
      const reply = await client.timeout(5000).emitWithAck('ask', which)
      expect(reply).toEqual({ ok: true, messages: some.map(messageOf) })
    }
    client.close()
  },
)

test('[X6] what only the kernel has taken does not count as read', async () => {
  const connected = once(bare.server, 'connection')
  const client = await RawClient.join(bare.url)
  const [socket] = (await connected) as [Socket]
  await within('what is small is read', untilRead(socket.conn, systemClock))

  client.pause()
  let isRead = false
  writeFrame(socket, replyFrame(1, { messages: [messageOf('x'.repeat(100_000))] }))
  const read = untilRead(socket.conn, systemClock).then(() => {
    isRead = true
  })
  while (unsentBytes(socket.conn) > 0) await new Promise((resolve) => setImmediate(resolve))
  await RawClient.join(bare.url) // gives the gateway many turns
  expect(isRead).toBe(false)
  client.resume()
  await within('it is read', read)

  client.pause()
  const waiting = untilRead(socket.conn, systemClock)
  stopReading(socket.conn)
  await within('nobody waits for a pong that is not read', waiting)
})

test('[X6] a pong that never comes, where something between swallows it, is not waited for longer than any other', async () => {
  const connected = once(bare.server, 'connection')
  const client = await RawClient.join(bare.url)
  const [socket] = (await connected) as [Socket]
  const clock = new HandClock()
  client.pause()
  let isOver = false
  const over = untilRead(socket.conn, clock).then(() => {
    isOver = true
  })
  await clock.advance(4_999)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await within('it is waited for no longer', over)
  client.resume()
  await within('the next one is', untilRead(socket.conn, clock))
  expect(clock.pending).toBe(0)
})

test.each([
  ['websocket', true],
  ['polling', false],
] as const)('whether nothing more is read is told, over %s', async (transport, isStopped) => {
  const { client, socket } = await bare.join(transport)
  expect(stopReading(socket.conn)).toBe(isStopped)
  client.close()
})
