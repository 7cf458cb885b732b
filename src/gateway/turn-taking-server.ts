import type { IncomingMessage } from 'node:http'
import type { Duplex, Writable } from 'node:stream'
import { Receiver, type ServerOptions, type WebSocket, WebSocketServer } from 'ws'

declare module 'ws' {
  /** Reads the frames of one connection. Exported, and not in the types. */
  class Receiver extends Writable {
    /** What came broke the protocol. */
    readonly _errored: boolean
  }
}

/** A message may come in pieces; of 128 KiB, each may be as small as what a network carries at once. */
const MAX_FRAGMENTS = 1024

/**
 * The WebSockets under Engine.IO. What a client sends in one go is taken one message a turn of the event loop, so that
 * everybody else has their turn in between (X6): a read may give thousands. Pings are counted before they are answered.
 */
export class TurnTakingServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, allowSynchronousEvents: false, autoPong: false, maxFragments: MAX_FRAGMENTS })
  }

  /** What Engine.IO says first follows in the same turn: one write takes it and the answer to the upgrade, and so does one packet. */
  override handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    take: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    socket.cork()
    process.nextTick(uncork, socket)
    super.handleUpgrade(request, socket, head, take)
  }
}

function uncork(socket: Duplex): void {
  socket.uncork()
}

/**
 * Nothing is read after what breaks the protocol. A stream hands over all that it has gathered before it tells of an error, and ws
 * (8.23) would read it in the middle of a frame and throw where nobody catches it.
 */
const { _write: write } = Receiver.prototype
Receiver.prototype._write = function (this: Receiver, chunk, encoding, done) {
  if (this._errored) done()
  else write.call(this, chunk, encoding, done)
}
