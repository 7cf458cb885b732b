import type { Socket } from 'socket.io'

const NO_HANDSHAKE = Object.freeze({})

/**
 * Lets go of what a connection needs no more once it is served: the upgrade's request with its headers, the handshake
 * with its token, and what would add headers to the response. They would be a third of what an idle connection weighs
 * (docs/performance.md). Socket.IO's own documentation advises the first: https://socket.io/docs/v4/memory-usage/.
 */
export function compact(socket: Socket): void {
  Object.assign(socket.conn, { request: null })
  socket.conn.transport.removeAllListeners('headers')
  Object.assign(socket, { handshake: NO_HANDSHAKE })
}
