import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { io } from 'socket.io-client'
import { expect, test } from 'vitest'
import { compact } from '../../src/gateway/compact.ts'
import { within } from '../support/conditions.ts'

/**
 * What `compact` takes: `conn.request` (Engine.IO's; `client.request` and `socket.request` are getters of it) and
 * `socket.handshake`. Socket.IO reads them when it makes a socket, and in `RemoteSocket`, which Baton does not use.
 */
test('nothing that happens to a served socket reads what it was relieved of', async () => {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const server = new Server(http, { serveClient: false, pingInterval: 50, transports: ['websocket'] })
  const connected = once(server, 'connection')
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const client = io(url, { transports: ['websocket'], forceNew: true, reconnection: false })
  const [socket] = (await connected) as [Socket]
  compact(socket)
  expect([socket.request, socket.handshake]).toEqual([null, {}])

  const reads: string[] = []
  const watched = (name: string) => ({
    get() {
      reads.push(name)
      return null
    },
  })
  Object.defineProperty(socket.conn, 'request', watched('request'))
  Object.defineProperty(socket, 'handshake', watched('handshake'))

  socket.onAny((_event, answer) => answer?.('taken'))
  expect(await client.timeout(5000).emitWithAck('ask')).toBe('taken')
  await socket.join('room')
  const told = new Promise((resolve) => client.once('told', resolve))
  server.local.to('room').emit('told', {})
  await within('the room is told', told)
  await within('a heartbeat', once(socket.conn, 'heartbeat'))
  server.local.to('room').socketsLeave('room')
  client.emit('error')
  const gone = once(socket, 'disconnect')
  client.close()
  await within('it leaves', gone)
  await server.close()
  expect(reads).toEqual([])
})
