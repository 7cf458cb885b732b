import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type Receiver, WebSocket } from 'ws'
import { TurnTakingServer } from '../../src/gateway/turn-taking-server.ts'
import { startBareGateway } from '../support/bare-gateway.ts'
import { within } from '../support/conditions.ts'

/** A frame of a client, whose mask is not zero. */
function frame(opcode: number, payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4])
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}

const TEXT = 1
const CLOSE = 8

test.each([
  ['text that is no UTF-8', frame(TEXT, Buffer.from([0xff, 0xff])), 1007],
  ['a close with a code that there is not', frame(CLOSE, Buffer.from([0, 1])), 1002],
])('[X2] [X6] after %s nothing more is read, whatever has gathered, and nothing throws', async (_, broken, code) => {
  const server = new TurnTakingServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.terminate()
    server.close()
  })
  const [served] = (await once(server, 'connection')) as [WebSocket & { readonly _receiver: Receiver }]
  const told: string[] = []
  served.on('message', (data) => told.push(String(data)))
  const failed = once(served, 'error')
  const closed = once(client, 'close')

  // The first keeps the others waiting until its turn is over.
  const words = ['first', 'never', 'read'].map((word) => frame(TEXT, Buffer.from(word)))
  for (const bytes of [words[0], broken, ...words.slice(1)]) served._receiver.write(bytes)
  await within('the error', failed)
  expect((await within('the end', closed))[0]).toBe(code)
  expect(told).toEqual(['first'])
})

test('the answer to the upgrade and the first words of Engine.IO are one write', async () => {
  const { url, http } = await startBareGateway()
  const writes: number[] = []
  http.on('connection', (socket: Socket) => {
    const { _write, _writev } = socket
    socket._write = (...args) => {
      writes.push(1)
      _write.apply(socket, args)
    }
    socket._writev = (...args) => {
      writes.push(args[0].length)
      _writev?.apply(socket, args)
    }
  })
  const client = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  onTestFinished(() => client.terminate())
  const [first] = await within('the first words', once(client, 'message'))
  expect(String(first)).toMatch(/^0\{"sid"/)
  expect(writes).toEqual([3]) // with the head of the frame
})
