import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** What a client is told before its connection ends. */
export interface LastWords {
  /** Of HTTP. */
  readonly status: number
  readonly body: object
  /** Seconds. */
  readonly retryAfter: number | undefined
}

/** For a client to read why it was refused, and to close its own end. */
const LAST_WORDS_MS = 2000

/** Answers a request of HTTP below any framework, in the contract's shape (X1), and ends its connection whatever the client does. */
export function endWith(socket: Socket, { status, body: error, retryAfter }: LastWords): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ error })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref()
}
