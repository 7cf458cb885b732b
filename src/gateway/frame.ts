import type { Socket } from 'socket.io'
import type { GatewayEvent, GatewayEvents } from '../protocol/events.ts'

/** An event as it goes over the wire: the Socket.IO packet, and the WebSocket frame that carries it. */
export interface Frame {
  readonly packet: string
  readonly bytes: Buffer
}

const TEXT_FRAME = 0x81
const ENGINE_MESSAGE = '4'

/** Encodes an event once for however many sockets: header and payload in one buffer, as a server sends it (unmasked). */
export function frameOf<E extends GatewayEvent>(event: E, payload: GatewayEvents[E]): Frame {
  const packet = `2["${event}",${JSON.stringify(payload)}]`
  const length = Buffer.byteLength(packet) + ENGINE_MESSAGE.length
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(headerLength + length)
  bytes[0] = TEXT_FRAME
  if (headerLength === 2) {
    bytes[1] = length
  } else if (headerLength === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  bytes.write(ENGINE_MESSAGE, headerLength, 'latin1')
  bytes.write(packet, headerLength + ENGINE_MESSAGE.length, 'utf8')
  return { packet, bytes }
}

/**
 * Hands a frame to a socket's connection past Socket.IO's own encoder, which would encode once per socket and cost twice
 * as much (docs/performance.md). The library's adapter broadcasts in this very way. Over polling the packet is used.
 */
export function writeFrame(socket: Socket, frame: Frame): void {
  const options: object = { compress: false, wsPreEncodedFrame: [frame.bytes] }
  socket.conn.write(frame.packet, options)
}

/** Packets that wait because the client does not read, or the network does not carry. */
export function queuedPackets(socket: Socket): number {
  const conn = socket.conn as unknown as { readonly writeBuffer: readonly unknown[] }
  return conn.writeBuffer.length
}
