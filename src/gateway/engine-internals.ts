import { randomBytes } from 'node:crypto'
import type { Socket as NetSocket } from 'node:net'
import type { Socket } from 'socket.io'
import { type Outlet, progressOf } from '../network/backlog.ts'
import { makeFree } from '../network/gather.ts'
import type { Clock } from '../ports/clock.ts'

/** One client's Engine.IO connection. */
export type Conn = Socket['conn']

interface Packet {
  readonly data?: string
  readonly options?: { readonly wsPreEncodedFrame?: readonly Buffer[] }
}

interface WebSocket {
  readonly readyState: number
  readonly isPaused: boolean
  readonly _socket?: NetSocket
  ping(data: Buffer): void
  pong(data: Buffer): void
  on(event: 'ping' | 'pong', subscriber: (data: Buffer) => void): void
  off(event: 'ping' | 'pong', subscriber: (data: Buffer) => void): void
  close(code: number, reason: string): void
  terminate(): void
  pause(): void
  resume(): void
}

/** What is used of Engine.IO's and ws's objects beyond their types; test/unit/gateway-frame.test.ts tells when it changes. */
interface Internals {
  readonly id: string
  readonly readyState: string
  readonly writeBuffer: readonly Packet[]
  readonly transport: { readonly name: string; readonly writable: boolean; readonly socket?: WebSocket }
  /** Runs while a pong is waited for. */
  readonly pingTimeoutTimer: NodeJS.Timeout | null
  sendPacket(type: 'ping'): void
}

/** Short enough that a client notices a frozen replica in 15 s, long enough that 10,000 idle sockets cost little. */
export const PING_INTERVAL_MS = 10_000
export const PING_TIMEOUT_MS = 5_000

const OPEN = 1
/** A packet begins with its type; a ping is nothing else. */
const ENGINE_TYPE_BYTES = 1
const POLICY_VIOLATION = 1008
/** Events that wait for one socket before it counts as reading too slowly (D6): news of a moment, not of an answer. */
const MAX_QUEUED_PACKETS = 64
const MAX_QUEUED_BYTES = 32 * 1024

const internals = (conn: Conn): Internals => conn as unknown as Internals

/** By which the requests of a connection that polls name it. */
export function idOf(conn: Conn): string {
  return internals(conn).id
}

/** Whether it goes over requests of its own at present, and over no WebSocket. */
export function isPolled(conn: Conn): boolean {
  return internals(conn).transport.name === 'polling'
}

/**
 * The network connection under an open WebSocket, free for so many bytes: what was written is on its way, or gathers with them. Null
 * where something else waits before them.
 */
export function takeIdleNetwork(conn: Conn, bytes: number): NetSocket | null {
  const { readyState, writeBuffer, transport } = internals(conn)
  const { name, writable, socket } = transport
  if (name !== 'websocket' || !writable || readyState !== 'open' || writeBuffer.length > 0) return null
  const network = socket?.readyState === OPEN ? socket._socket : undefined
  return network !== undefined && makeFree(network, bytes) ? network : null
}

/** Bytes that wait in this process because the client does not read, or the network does not carry. */
export function unsentBytes(conn: Conn): number {
  const { writeBuffer, transport } = internals(conn)
  const network = transport.socket?._socket
  if (!isPolled(conn) && (network === undefined || network.destroyed)) return 0
  let bytes = network?.writableLength ?? 0
  for (const { data = '', options } of writeBuffer)
    bytes += options?.wsPreEncodedFrame?.[0]?.length ?? ENGINE_TYPE_BYTES + data.length
  return bytes
}

/** No more events are to be queued for it. */
export function isFull(conn: Conn): boolean {
  const { length } = internals(conn).writeBuffer
  return length > 0 && (length >= MAX_QUEUED_PACKETS || unsentBytes(conn) > MAX_QUEUED_BYTES)
}

/** What was written before has not gone out: nothing that is large is to be added (X6). */
export function isCongested(conn: Conn): boolean {
  const { writeBuffer, transport } = internals(conn)
  return writeBuffer.length > 0 || transport.socket?._socket?.writableNeedDrain === true
}

/** Calls `run` once what a congested connection has to send has gone out, or sooner. Not where it ends. */
export function onceDrained(conn: Conn, run: () => void): void {
  const { writeBuffer, transport } = internals(conn)
  if (writeBuffer.length > 0) conn.once('drain', run)
  else transport.socket?._socket?.once('drain', run)
}

/** Who waits for what was read to be told, for each connection: it cannot be while nothing more is read of it. */
const waitingForPong = new WeakMap<Conn, () => void>()

/**
 * Resolves once the client has read all that was written before, or cannot say so: a WebSocket ping follows it, which the
 * other end has to answer (RFC 6455, 5.5.2), and does without the application. Where the connection ends, nothing more is
 * read of it, or no pong comes in the time that one may take, too: something between may swallow them. Not for two at once.
 */
export function untilRead(conn: Conn, clock: Clock): Promise<void> {
  const { socket } = internals(conn).transport
  if (socket === undefined || socket.readyState !== OPEN || socket.isPaused) return Promise.resolve()
  const token = randomBytes(8)
  return new Promise((resolve) => {
    const onPong = (data: Buffer) => {
      if (token.equals(data)) end()
    }
    const end = () => {
      late.cancel()
      waitingForPong.delete(conn)
      socket.off('pong', onPong)
      conn.off('close', end)
      resolve()
    }
    const late = clock.after(PING_TIMEOUT_MS, end)
    waitingForPong.set(conn, end)
    socket.on('pong', onPong)
    conn.on('close', end)
    socket.ping(token)
  })
}

export interface ControlListener {
  /** Of a ping, what it carries; null of anything else. */
  control(ping: Buffer | null): void
}

/**
 * Tells `listener` of what a client sends beside messages: Engine.IO's own packets, and the pings and pongs of WebSocket,
 * which get no answer but that of `answerPing`.
 */
export function onControl(conn: Conn, listener: ControlListener): void {
  conn.on('packet', ({ type }: { type: string }) => {
    if (type !== 'message') listener.control(null)
  })
  const listen = ({ socket }: Internals['transport']) => {
    socket?.on('ping', (ping) => listener.control(ping))
    socket?.on('pong', () => listener.control(null))
  }
  const { transport } = internals(conn)
  listen(transport)
  if (transport.name !== 'websocket') conn.on('upgrade', listen)
}

export function answerPing(conn: Conn, ping: Buffer): void {
  const { socket } = internals(conn).transport
  if (socket?.readyState === OPEN) socket.pong(ping)
}

/** What goes out on a connection, as the backlog watches it. One for each connection. */
export class ConnOutlet implements Outlet {
  readonly #conn: Conn
  #polls = 0

  constructor(conn: Conn) {
    this.#conn = conn
    if (isPolled(conn)) conn.on('drain', () => this.#polls++)
  }

  unsentBytes(): number {
    return unsentBytes(this.#conn)
  }

  progress(): string {
    return `${this.#polls}:${progressOf(internals(this.#conn).transport.socket?._socket)}`
  }

  cutOff(): void {
    cutOff(this.#conn)
  }
}

/** Reads no more from it, so that the kernel, and then the sender, wait. False over polling, where there is nothing to stop. */
export function stopReading(conn: Conn): boolean {
  const { socket } = internals(conn).transport
  socket?.pause()
  waitingForPong.get(conn)?.()
  return socket !== undefined
}

/** What is not read cannot answer in time: the pong that is waited for has its whole time anew. */
export function awaitPongAnew(conn: Conn): void {
  internals(conn).pingTimeoutTimer?.refresh()
}

/**
 * Writes the sign of life that a client waits for: Engine.IO gives none while it waits for a pong. Tells whether it was
 * written: not behind packets that wait themselves.
 */
export function beat(conn: Conn): boolean {
  if (internals(conn).writeBuffer.length > 0) return false
  internals(conn).sendPacket('ping')
  return true
}

export function readOn(conn: Conn): void {
  internals(conn).transport.socket?.resume()
}

/** Ends the network connection, whatever waits for it. */
export function cutOff(conn: Conn): void {
  internals(conn).transport.socket?.terminate()
  conn.close(true)
}

/** Tells the client why, reads nothing more, and lets go of everything that Socket.IO holds of it. `cutOff` is to follow. */
export function hangUp(conn: Conn, reason: string): void {
  const { socket } = internals(conn).transport
  socket?.close(POLICY_VIOLATION, reason)
  socket?.pause()
  socket?._socket?.end()
  conn.close(true)
}

/** What acknowledges an event. */
export interface Callback {
  (reply: object): void
  /** The number by which the client knows the acknowledgement. */
  readonly ackId?: number
}

export function isCallback(value: unknown): value is Callback {
  return typeof value === 'function'
}

interface AckMaker {
  ack(id: number): Callback
}

/** Has every callback of the socket tell the number that it answers, which Socket.IO keeps to itself. */
export function tellAckIds(socket: Socket): void {
  const maker: unknown = socket
  ;(maker as AckMaker).ack = ackThatTellsItsId
}

/** One for all sockets, in front of what they inherit. */
function ackThatTellsItsId(this: AckMaker, ackId: number): Callback {
  const { ack }: AckMaker = Object.getPrototypeOf(this)
  return Object.assign(ack.call(this, ackId), { ackId })
}
