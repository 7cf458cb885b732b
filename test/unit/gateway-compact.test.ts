import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compact } from '../../src/gateway/compact.ts'
import { BareSocketIo } from '../support/bare-socketio.ts'
import { within } from '../support/conditions.ts'

/**
 * What `compact` takes: `conn.request` (Engine.IO's; `client.request` and `socket.request` are getters of it),
 * `socket.handshake`, and the transport's listener for `headers`, which adds cookies, where they are set, and calls
 * `engine.on('headers')`. Of these versions, `socket.io/dist` and `engine.io/build` were searched for what reads them:
 * Socket.IO does when it makes a socket (`buildHandshake`), and in `RemoteSocket`, which Baton does not use; Engine.IO does
 * not. Where another version is installed, that is to be looked at again before its number is put here.
 */
const CHECKED = { 'socket.io': '4.8.4', 'engine.io': '6.6.11' }

test('[X6] what compact takes was looked for in the very versions that are installed', () => {
  const manifestOf = (name: string) => join(import.meta.dirname, '../../node_modules', name, 'package.json')
  const versionOf = (name: string) => [name, JSON.parse(readFileSync(manifestOf(name), 'utf8')).version]
  expect(Object.fromEntries(Object.keys(CHECKED).map(versionOf))).toEqual(CHECKED)
})

test('nothing that happens to a served socket reads what it was relieved of', async () => {
  const bare = await BareSocketIo.listen({ pingInterval: 50, transports: ['websocket'] })
  const { server } = bare
  const { client, socket } = await bare.join()
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
  await bare.close()
  expect(reads).toEqual([])
})
