import { randomBytes } from 'node:crypto'

const TEXT = 0x1
const CONTINUATION = 0x0
const PING = 0x9
const FINAL = 0x80

/** A WebSocket frame as a client sends it; the mask is zero. */
function frame(opcode: number, text: string, isFinal = true): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([(isFinal ? FINAL : 0) | opcode, ...size, 0, 0, 0, 0]), payload])
}

const request = (event: string, payload: object) => (i: number) =>
  frame(TEXT, `42${i}${JSON.stringify([event, payload])}`)

/** What one connection does to a replica as fast as it can. */
export interface Flood {
  readonly title: string
  /** A WebSocket that has joined the namespace, or bare TCP. */
  readonly over: 'websocket' | 'tcp'
  /** What begins it on a new connection. */
  readonly head?: (sessionId: string) => Buffer
  /** The `i`th piece of it. */
  readonly piece: (i: number, sessionId: string) => Buffer
  /** Between pieces, in milliseconds, where slowness is the point. */
  readonly everyMs?: number
}

export const FLOODS = {
  events: { title: 'events that nobody knows', over: 'websocket', piece: (i) => request('x', {})(i) },
  opens: { title: 'session:open of new sessions', over: 'websocket', piece: (i) => request('session:open', {})(i) },
  histories: {
    title: 'session:history of a long session',
    over: 'websocket',
    piece: (i, sessionId) => request('session:history', { sessionId, limit: 1000 })(i),
  },
  fragments: {
    title: 'frames of one byte',
    over: 'websocket',
    head: () => frame(TEXT, '4', false),
    piece: () => frame(CONTINUATION, '2', false),
  },
  pings: { title: 'pings of WebSocket', over: 'websocket', piece: () => frame(PING, 'x'.repeat(125)) },
  chunks: {
    title: 'HTTP chunks of one byte',
    over: 'tcp',
    head: (sessionId) =>
      Buffer.from(
        `POST /api/chat/sessions/${sessionId}/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ),
    piece: () => Buffer.from('1\r\n \r\n'),
  },
  requests: {
    title: 'HTTP histories of a long session, in a pipeline',
    over: 'tcp',
    piece: (_, sessionId) => Buffer.from(`GET /api/chat/sessions/${sessionId}/history HTTP/1.1\r\nHost: x\r\n\r\n`),
  },
  half: {
    title: 'half a request, a byte at a time',
    over: 'tcp',
    head: () => Buffer.from('GET / HTTP/1.1\r\nHost: '),
    piece: () => Buffer.from('x'),
    everyMs: 1,
  },
} as const satisfies Readonly<Record<string, Flood>>
export type FloodName = keyof typeof FLOODS

/** What asks for a WebSocket, and what joins the namespace on it. */
export function handshake(): Buffer {
  const key = randomBytes(16).toString('base64')
  const fields = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`
  return Buffer.from(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n`)
}
export const JOIN = frame(TEXT, '40')
