import type { IncomingMessage, Server } from 'node:http'
import { hangUpOn } from './hang-up.ts'

/** Pieces that a connection may send its bodies in, and one more for so many bytes: a request's head alone takes more than these. */
const FREE_PIECES = 1024
const BYTES_PER_PIECE = 64

/**
 * Hangs up on who sends bodies in far more pieces than a network makes of them (X6). A chunk may be of one byte (RFC 9112, 7.1),
 * one read gives ten thousand of them, and each costs as much as a large one.
 */
export function boundPieces(server: Server): void {
  const counted = new WeakMap<object, number>()
  server.on('request', (request: IncomingMessage) => {
    const { socket } = request
    const push = request.push.bind(request)
    request.push = (chunk, encoding) => {
      const pieces = (counted.get(socket) ?? 0) + 1
      counted.set(socket, pieces)
      if (pieces <= FREE_PIECES + socket.bytesRead / BYTES_PER_PIECE) return push(chunk, encoding)
      hangUpOn(socket)
      return false
    }
  })
}
