import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { io } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import { Intake } from '../../src/gateway/intake.ts'
import { eventually } from '../support/conditions.ts'
import { HandClock } from '../support/hand-clock.ts'

const IN_A_ROW = 64
const ROW_MS = 50
const REST_MS = 5

/** A client on a real connection, whose requests are counted and over at once. */
async function scene() {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const server = new Server(http, { serveClient: false })
  const connected = once(server, 'connection')
  const { port } = http.address() as AddressInfo
  const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false })
  onTestFinished(() => {
    client.close()
    return server.close()
  })
  const [socket] = (await connected) as [Socket]
  const clock = new HandClock()
  const intake = new Intake(socket.conn, {
    clock,
    now: () => clock.now(),
    onCaught(error) {
      throw error
    },
    onWritten() {},
    onHungUp() {},
  })
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
