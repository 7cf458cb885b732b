import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SocketSubscriber } from '../../src/gateway/socket-subscriber.ts'
import { noMeter } from '../../src/ports/meter.ts'
import type { MessageEvent, SessionSync } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { BareSocketIo } from '../support/bare-socketio.ts'
import { eventually } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'

const TEXT = 'Call me Ishmael. '.repeat(4096)
const CALLER = { user: null, group: '', clientAddress: '127.0.0.1' }

let gateway: BareSocketIo
beforeEach(async () => {
  gateway = await BareSocketIo.listen()
})
afterEach(() => gateway.close())

const message = (seq: number, content: string): Message => ({
  id: `m${seq}`,
  seq,
  role: seq % 2 === 1 ? 'user' : 'assistant',
  content,
  status: 'complete',
  attempt: 1,
  createdAt: '2026-11-29T12:00:00.000Z',
  metadata: {},
})

test('[D6] [G6] what comes while a slow reader is read for, and is newer than what was read, is read for again', async () => {
  const { client, socket } = await gateway.join()
  const shown: number[] = []
  client.on('message', ({ message: { seq } }: MessageEvent) => shown.push(seq))
  const clock = new HandClock()
  const begun = clock.now()
  const subscriber = new SocketSubscriber(socket, CALLER, 's', {
    clock,
    meter: noMeter,
    async read(_caller, _sessionId, after, take) {
      const isOld = clock.now() === begun
      if (isOld) subscriber.message({ sessionId: 's', message: message(3, 'c') })
      const stored = [message(1, 'a'), ...(isOld ? [] : [message(2, 'b'), message(3, 'c')])]
      take(stored.filter(({ seq }) => seq > after))
    },
    onUnsent() {},
    onFault: (_, error) => expect.unreachable(String(error)),
  })
  subscriber.opened(undefined)

  for (let seq = 0; seq < 64; seq++) socket.emit('filler', TEXT)
  subscriber.message({ sessionId: 's', message: message(1, 'a') })
  await eventually('the client was shown what was read', () => shown.length > 0)
  await clock.advance(1_000)

  await eventually('the client was shown all', () => shown.at(-1) === 3)
  expect(shown).toEqual([1, 2, 3])
  const closed = once(socket, 'disconnect')
  client.close()
  await closed
})

test('[D6] [G6] a slow reader of two answers that run at once is given the ends of both', async () => {
  const { client, socket } = await gateway.join()
  const shown: string[] = []
  client.on('session:sync', ({ messages }: SessionSync) => shown.push(...messages.map(({ id }) => id)))
  const ended = [message(1, 'a'), message(2, 'ab'), message(3, 'c'), message(4, 'd')]
  const subscriber = new SocketSubscriber(socket, CALLER, 's', {
    clock: new HandClock(),
    meter: noMeter,
    read: async (_caller, _sessionId, after, take) => take(ended.filter(({ seq }) => seq > after)),
    onUnsent() {},
    onFault: (_, error) => expect.unreachable(String(error)),
  })
  for (const one of ended) {
    const status = one.role === 'user' ? 'complete' : 'streaming'
    subscriber.message({ sessionId: 's', message: { ...one, status } })
  }
  for (let seq = 0; seq < 64; seq++) socket.emit('filler', TEXT)
  subscriber.delta({ sessionId: 's', messageId: 'm2', attempt: 1, offset: 1, text: 'b' })
  await eventually('the client was shown what is stored', () => shown.at(-1) === 'm4')
  expect(shown).toEqual(['m1', 'm2', 'm3', 'm4'])
  const closed = once(socket, 'disconnect')
  client.close()
  await closed
})
