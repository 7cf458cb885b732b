import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { type Rate, TokenBucket } from '../network/token-bucket.ts'
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
  const buckets = new WeakMap<Socket, TokenBucket>()
  const bucketOf = (socket: Socket) => {
    const bucket = buckets.get(socket) ?? new TokenBucket(PIECES, systemClock)
    buckets.set(socket, bucket)
    return bucket
  }
  server.on('request', (request: IncomingMessage) => {
    const { socket } = request
    const push = request.push.bind(request)
    request.push = (chunk, encoding) => {
      if (socket.destroyed) return false // a body that was cut off has no end
      const bytes = chunk === null ? PIECE_BYTES : chunk.length
      if (bytes >= PIECE_BYTES || bucketOf(socket).take(1 - bytes / PIECE_BYTES) === null) return push(chunk, encoding)
      hangUpOn(socket)
      return false
    }
  })
}
