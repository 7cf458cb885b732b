import type { Socket as NetSocket } from 'node:net'
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

/** What is used of Engine.IO's and ws's objects beyond their types; test/unit/gateway-frame.test.ts tells when it changes. */
interface Connection {
  readonly readyState: string
  readonly writeBuffer: readonly unknown[]
  readonly transport: {
    readonly name: string
    readonly writable: boolean
    readonly socket?: { readonly readyState: number; readonly _socket?: NetSocket }
  }
}

const OPEN = 1

/**
 * Writes a frame to a socket past Socket.IO's own encoder, which would encode once per socket and cost twice as much
 * (docs/performance.md). Where nothing waits before it, it goes to the network as it is: the queues of Engine.IO and ws
 * would cost half as much again as the write itself. Else it waits in these queues, in the way in which the library's own
 * adapter broadcasts. Over polling the packet is used.
 */
export function writeFrame(socket: Socket, frame: Frame): void {
  const network = idleNetwork(socket.conn as unknown as Connection)
  if (network !== null) return void network.write(frame.bytes)
  const options: object = { compress: false, wsPreEncodedFrame: [frame.bytes] }
  socket.conn.write(frame.packet, options)
}

/** The network connection under an open WebSocket, where everything that was written is on its way. */
function idleNetwork({ readyState, writeBuffer, transport }: Connection): NetSocket | null {
  const { name, writable, socket } = transport
  if (name !== 'websocket' || !writable || readyState !== 'open' || writeBuffer.length > 0) return null
  const network = socket?.readyState === OPEN ? socket._socket : undefined
  return network?.writableLength === 0 ? network : null
}

/** Packets that wait because the client does not read, or the network does not carry. */
export function queuedPackets(socket: Socket): number {
  return (socket.conn as unknown as Connection).writeBuffer.length
}
