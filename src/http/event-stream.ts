import type { ServerResponse } from 'node:http'
import { type Backlog, type Outlet, outletOf } from '../network/backlog.ts'

export interface EventStreamLimits {
  /** Bytes that may wait for a slow reader before `full` says so. */
  readonly bufferedBytes: number
  readonly heartbeatMs: number
}

export const EVENT_STREAM_LIMITS: EventStreamLimits = {
  bufferedBytes: 256 * 1024,
  heartbeatMs: 15_000,
}

/** After a cut a browser asks again this soon. */
const RECONNECT_MS = 500

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // nginx would gather the events
}

/** One response as a stream of server-sent events, with what it takes to keep a slow or silent reader cheap. */
export class EventStream {
  readonly #response: ServerResponse
  readonly #outlet: Outlet
  readonly #backlog: Backlog
  readonly #limits: EventStreamLimits
  #begun = false

  /** Takes over a response whose headers are not sent yet. */
  constructor(
    response: ServerResponse,
    headers: Record<string, string | string[] | number | undefined>,
    backlog: Backlog,
    limits = EVENT_STREAM_LIMITS,
  ) {
    this.#response = response
    this.#outlet = outletOf(response, false)
    this.#backlog = backlog
    this.#limits = limits
    response.writeHead(200, { ...headers, ...EVENT_STREAM_HEADERS })
    response.flushHeaders()
    const heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs)
    this.onClose(() => clearInterval(heartbeat))
  }

  /** The reader is so slow that nothing more should be sent until `onDrain`. */
  get full(): boolean {
    return this.#response.writableLength > this.#limits.bufferedBytes
  }

  get ended(): boolean {
    return this.#response.writableEnded || this.#response.destroyed
  }

  /** Nothing happens where the stream has ended. */
  send(event: string, data: object, id?: string): void {
    if (this.ended) return
    const head = id === undefined ? '' : `id: ${id}\n`
    this.#write(`${this.#preface}${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Belongs to the first event: some clients take a block that holds nothing else for an event of its own. */
  get #preface(): string {
    if (this.#begun) return ''
    this.#begun = true
    return `retry: ${RECONNECT_MS}\n`
  }

  /** Calls `run` once when a full stream has been read empty. */
  onDrain(run: () => void): void {
    this.#response.once('drain', run)
  }

  /** Calls `run` once when the response is over, from either side. */
  onClose(run: () => void): void {
    this.#response.once('close', run)
  }

  end(): void {
    this.#response.end()
  }

  /** Keeps proxies from taking a silent stream for a dead one; a reader that lags needs none. */
  #beat(): void {
    if (!this.ended && !this.#response.writableNeedDrain) this.#write(':\n\n')
  }

  #write(text: string): void {
    if (!this.#response.write(text) || this.#response.writableLength > 0) this.#backlog.note(this.#outlet, text.length)
  }
}
