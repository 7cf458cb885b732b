import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { hangUpOn } from './hang-up.ts'

/** Small pieces that a connection may send its bodies in, some more for each request, and one more for so many bytes of a body. */
const FREE_PIECES = 256
const PIECES_PER_REQUEST = 8
const BYTES_PER_PIECE = 64

/**
 * Hangs up on who sends bodies in far more pieces than a network makes of them (X6). A chunk may be of one byte (RFC 9112, 7.1),
 * one read gives ten thousand of them, and each costs as much as a large one.
 */
export function boundPieces(server: Server): void {
  const lefts = new WeakMap<Socket, number>()
  server.on('request', (request: IncomingMessage) => {
    const { socket } = request
    const leftOf = () => lefts.get(socket) ?? FREE_PIECES
    lefts.set(socket, Math.min(FREE_PIECES, leftOf() + PIECES_PER_REQUEST))
    const push = request.push.bind(request)
    request.push = (chunk, encoding) => {
      const bytes = chunk === null ? BYTES_PER_PIECE : chunk.length
      const left = Math.min(FREE_PIECES, leftOf() + bytes / BYTES_PER_PIECE - 1)
      lefts.set(socket, left)
      if (left >= 0) return push(chunk, encoding)
      hangUpOn(socket)
      return false
    }
  })
}
