import type { ServerOptions, Socket } from 'socket.io'
import { expect, onTestFinished, test } from 'vitest'
import { Intake } from '../../src/gateway/intake.ts'
import { type Clock, systemClock } from '../../src/ports/clock.ts'
import { BareSocketIo } from '../support/bare-socketio.ts'
import { eventually } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'

const IN_A_ROW = 64
const ROW_MS = 50
const REST_MS = 5
const AT_ONCE = 3
const MORE_THAN_WAIT = 100

const websocketOf = ({ conn }: Socket) => (conn.transport as unknown as { socket: { isPaused: boolean } }).socket

/** A client on a real connection. */
async function connection(options: Partial<ServerOptions> = {}) {
  const bare = await BareSocketIo.listen(options)
  const joined = await bare.join()
  onTestFinished(() => {
    joined.client.close()
    return bare.close()
  })
  return joined
}

function intakeOf(socket: Socket, clock: Clock, beatMs: number, onWritten = () => {}): Intake {
  return new Intake(socket.conn, {
    clock,
    beatMs,
    onCaught(error) {
      throw error
    },
    onWritten,
    onRefused() {},
    onHungUp() {},
  })
}

/** A client whose requests are counted and over at once. */
async function scene() {
  const { client, socket } = await connection()
  const clock = new HandClock()
  const intake = intakeOf(socket, clock, 1000)
  const seen = { begun: 0 }
  socket.onAny(() => {
    seen.begun++
    intake.done()
  })
  return {
    clock,
    send: (count: number) => {
      for (let i = 0; i < count; i++) client.emit('x')
    },
    /** Resolves once so many have begun in all, in this moment of the clock. */
    begun: (count: number) =>
      eventually(`${count} requests have begun`, async () => {
        await clock.advance(0)
        return seen.begun === count
      }),
    seen,
  }
}

test('[X6] a long burst of one socket is done in pieces, with rests', async () => {
  const { clock, send, begun, seen } = await scene()
  send(2 * IN_A_ROW + 10)
  await begun(IN_A_ROW)
  await clock.advance(REST_MS - 1)
  expect(seen.begun).toBe(IN_A_ROW)
  await clock.advance(1)
  await begun(2 * IN_A_ROW)
  await clock.advance(REST_MS)
  await begun(2 * IN_A_ROW + 10)
})

test('who asks now and then never has to rest', async () => {
  const { clock, send, begun } = await scene()
  for (let all = 40; all <= 4 * IN_A_ROW; all += 40) {
    send(40)
    await begun(all)
    await clock.advance(ROW_MS + 1)
  }
})

test('[X6] a client of which nothing is read for longer than a pong may take is not held for dead, nor is the gateway', async () => {
  const { client, socket } = await connection({ pingInterval: 100, pingTimeout: 500 })
  const intake = intakeOf(socket, systemClock, 200)
  let begun = 0
  socket.onAny(() => begun++)
  let beats = 0
  client.io.engine.on('heartbeat', () => beats++)
  for (let i = 0; i < MORE_THAN_WAIT; i++) client.emit('x')
  await eventually('it is not read', () => websocketOf(socket).isPaused)
  const before = beats
  await eventually('ten more signs of life', () => beats >= before + 10)
  expect({ begun, connected: client.connected }).toEqual({ begun: AT_ONCE, connected: true })

  socket.onAny(() => intake.done())
  for (let i = 0; i < AT_ONCE; i++) intake.done()
  await eventually('all have begun', () => begun === MORE_THAN_WAIT)
  expect(websocketOf(socket).isPaused).toBe(false)
  const after = beats
  await eventually('its heart is beaten as before', () => beats >= after + 3)
  expect(client.connected).toBe(true)
})

test('[X6] nothing is left of a connection that ends while its heart is beaten', async () => {
  const { client, socket } = await connection()
  const clock = new HandClock()
  intakeOf(socket, clock, 1000, () => socket.conn.close(true))
  for (let i = 0; i < MORE_THAN_WAIT; i++) client.emit('x')
  await eventually('it is not read', () => websocketOf(socket).isPaused)
  await clock.advance(1000)
  expect(socket.connected).toBe(false)
  await clock.advance(60_000)
  expect(clock.pending).toBe(0)
})

test('it takes the place of those who listened, and a connection that ends is forgotten by them too', async () => {
  const { client, socket } = await connection()
  const { conn, nsp } = socket
  const { engine } = nsp.server
  intakeOf(socket, new HandClock(), 1000)
  expect([conn.listenerCount('data'), conn.listenerCount('close')]).toEqual([1, 1])
  client.close()
  await eventually('nobody holds it', () => nsp.sockets.size === 0 && engine.clientsCount === 0)
})
