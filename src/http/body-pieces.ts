import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Allowance, type Rate } from '../network/allowance.ts'
import { systemClock } from '../ports/clock.ts'
import { hangUpOn } from './hang-up.ts'

/** Small pieces that a connection may send its bodies in. One of so many bytes is no small one, and smaller ones count in part. */
const PIECES: Rate = { burst: 256, perSecond: 1000, debt: 0 }
const PIECE_BYTES = 64

/**
 * Hangs up on who sends bodies in far more pieces than a network makes of them (X6). A chunk may be of one byte (RFC 9112, 7.1),
 * one read gives ten thousand of them, and each costs as much as a large one.
 */
export function boundPieces(server: Server): void {
  const allowances = new WeakMap<Socket, Allowance>()
  const allowanceOf = (socket: Socket) => {
    const allowance = allowances.get(socket) ?? new Allowance(PIECES, systemClock)
    allowances.set(socket, allowance)
    return allowance
  }
  server.on('request', (request: IncomingMessage) => {
    const { socket } = request
    const push = request.push.bind(request)
    request.push = (chunk, encoding) => {
      if (socket.destroyed) return false // a body that was cut off has no end
      const bytes = chunk === null ? PIECE_BYTES : chunk.length
      if (bytes >= PIECE_BYTES || allowanceOf(socket).take(1 - bytes / PIECE_BYTES) === null)
        return push(chunk, encoding)
      hangUpOn(socket)
      return false
    }
  })
}
