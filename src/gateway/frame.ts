import type { Socket } from 'socket.io'
import { gather, isLittle } from '../network/gather.ts'
import { byteLength, free, hasOwnMemory, messageListJson, writePieces } from '../network/message-list.ts'
import type { GatewayEvent, GatewayEvents } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { takeIdleNetwork } from './engine-internals.ts'

/** An event as it goes over the wire: the Socket.IO packet, and the WebSocket frame that carries it. */
export interface Frame {
  readonly packet: string
  readonly bytes: Buffer
}

const TEXT_FRAME = 0x81
const ENGINE_MESSAGE = '4'

/** Encodes an event once for however many sockets: header and payload in one buffer, as a server sends it (unmasked). */
export function frameOf<E extends GatewayEvent>(event: E, payload: GatewayEvents[E]): Frame {
  return textFrame(`2["${event}",${JSON.stringify(payload)}]`)
}

function textFrame(packet: string): Frame {
  const { bytes, at } = begin(Buffer.byteLength(packet))
  bytes.write(packet, at, 'utf8')
  return { packet, bytes }
}

/** Encodes the acknowledgement of a request. */
export function replyFrame(ackId: number, reply: object): Frame {
  return hasMessages(reply) ? messagesFrame(ackId, reply) : textFrame(`3${ackId}[${JSON.stringify(reply)}]`)
}

function messagesFrame(ackId: number, { messages, ...rest }: WithMessages): Frame {
  const pieces = [`3${ackId}[`, ...messageListJson(rest, messages), ']']
  const { bytes, at } = begin(byteLength(pieces))
  writePieces(pieces, bytes, at)
  return new PiecedFrame(pieces, bytes)
}

/** Joins its packet only where somebody wants it. No object literal with a getter: V8 keeps such a getter, and what it holds, for long. */
class PiecedFrame implements Frame {
  readonly #pieces: readonly string[]
  readonly bytes: Buffer

  constructor(pieces: readonly string[], bytes: Buffer) {
    this.#pieces = pieces
    this.bytes = bytes
  }

  get packet(): string {
    return this.#pieces.join('')
  }
}

interface WithMessages {
  readonly messages: readonly Message[]
}

function hasMessages(reply: object): reply is WithMessages {
  return 'messages' in reply && Array.isArray(reply.messages)
}

/** A frame for a packet of so many bytes, which belongs at `at`. */
function begin(packetLength: number): { readonly bytes: Buffer; readonly at: number } {
  const length = packetLength + ENGINE_MESSAGE.length
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
  return { bytes, at: headerLength + ENGINE_MESSAGE.length }
}

/**
 * Acknowledges a request, and gives the bytes that it took. The memory of a large reply is let go of as soon as the network
 * has taken it, or is gone. `onUnsent` is called where bytes wait in this process.
 */
export function writeReply(socket: Socket, ackId: number, reply: object, onUnsent: (socket: Socket) => void): number {
  const frame = replyFrame(ackId, reply)
  const { bytes } = frame // the rest of it is not to be held for as long as they are on their way
  const { length } = bytes
  if (!hasOwnMemory(bytes)) gatherFrame(socket, frame, onUnsent)
  else if (!writeFrame(socket, frame, () => free(bytes))) onUnsent(socket)
  return length
}

/**
 * Writes a frame beside which others are likely to be written in the same turn of the event loop, with these: what is new in a
 * session, and the acknowledgement. `onUnsent` is called where bytes wait in this process after that.
 */
export function gatherFrame(socket: Socket, frame: Frame, onUnsent: (socket: Socket) => void): void {
  const { length } = frame.bytes
  const network = isLittle(length) ? takeIdleNetwork(socket.conn, length) : null
  if (network !== null) gather(network, () => network.writableLength > 0 && onUnsent(socket))
  if (!writeFrame(socket, frame) && network === null) onUnsent(socket)
}

/**
 * Writes a frame to a socket past Socket.IO's own encoder, which would encode once per socket and cost twice as much
 * (docs/performance.md). Where nothing waits before it, it goes to the network as it is: the queues of Engine.IO and ws
 * would cost half as much again as the write itself. Else it waits in these queues, in the way in which the library's own
 * adapter broadcasts. Over polling the packet is used. False where bytes of it wait in this process. `onOut` is called once
 * the network has done with what it was given as it is, in whatever way.
 */
export function writeFrame({ conn }: Socket, frame: Frame, onOut?: () => void): boolean {
  const network = takeIdleNetwork(conn, frame.bytes.length)
  if (network !== null) {
    network.write(frame.bytes, onOut)
    return network.writableLength === 0
  }
  const options: object = { compress: false, wsPreEncodedFrame: [frame.bytes] }
  conn.write(frame.packet, options)
  return false
}
