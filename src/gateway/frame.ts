import type { Socket } from 'socket.io'
import type { GatewayEvent, GatewayEvents } from '../protocol/events.ts'
import { idleNetwork } from './wire.ts'

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
 * Writes a frame to a socket past Socket.IO's own encoder, which would encode once per socket and cost twice as much
 * (docs/performance.md). Where nothing waits before it, it goes to the network as it is: the queues of Engine.IO and ws
 * would cost half as much again as the write itself. Else it waits in these queues, in the way in which the library's own
 * adapter broadcasts. Over polling the packet is used. False where bytes of it wait in this process.
 */
export function writeFrame({ conn }: Socket, frame: Frame): boolean {
  const network = idleNetwork(conn)
  if (network !== null) {
    network.write(frame.bytes)
    return network.writableLength === 0
  }
  const options: object = { compress: false, wsPreEncodedFrame: [frame.bytes] }
  conn.write(frame.packet, options)
  return false
}
