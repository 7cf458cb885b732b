import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hangUpOn } from './hang-up.ts'

/** Requests that may wait on one connection for the reply to those before them; a browser sends none. */
const MAX_WAITING = 16
/** The same on all connections together: each takes some 2 KiB, which Node has made of it already. */
const MAX_WAITING_IN_ALL = 1024

/**
 * Has the requests of one connection handled one after the other, each once the reply to the one before is out, with
 * everybody else's turn in between (X6). HTTP lets a client send them without waiting for replies (RFC 9112, 9.3.2), one
 * read may give thousands, and Node would have all of them handled at once and keep every reply until it is its turn. Who
 * sends too many ahead is hung up on, and so is who sends any while very many wait in all.
 */
export function oneAtATime(server: Server): void {
  const listeners = server.listeners('request')
  server.removeAllListeners('request')
  const lines = new WeakMap<Socket, (() => void)[]>()
  let waitingInAll = 0

  const begin = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    if (socket.destroyed) return next(socket)
    response.once('close', () => setImmediate(next, socket))
    for (const listener of listeners) listener.call(server, request, response)
  }
  const next = (socket: Socket) => {
    const waiting = lines.get(socket) ?? []
    const first = socket.destroyed ? undefined : waiting.shift()
    if (first === undefined) {
      waitingInAll -= waiting.length
      lines.delete(socket)
    } else {
      waitingInAll--
      first()
    }
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    if (socket.destroyed) return
    const waiting = lines.get(socket)
    if (waiting === undefined) {
      lines.set(socket, [])
      // Once all of this read is parsed: who sent too much of it is hung up on before anything is done for them.
      setImmediate(begin, request, response)
      return
    }
    waitingInAll++
    const count = waiting.push(() => begin(request, response))
    if (count > MAX_WAITING || waitingInAll > MAX_WAITING_IN_ALL) hangUpOn(socket)
  })
}
