import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

interface OutputOptions {
  readonly chunkBytes: () => number | undefined
  /** Called when the client stops reading. */
  readonly changed: () => void
}

/** The way back to one client: headers when the first byte goes out, bytes cut wherever the test wants them cut. */
export class Output {
  /** Resolves when the connection is gone, however that came about. */
  readonly gone: Promise<void>
  readonly #response: ServerResponse
  readonly #options: OutputOptions
  #wasReset = false
  #stalled = false

  constructor(response: ServerResponse, options: OutputOptions) {
    this.#response = response
    this.#options = options
    response.on('error', () => {})
    this.gone = new Promise((resolve) => response.once('close', resolve))
  }

  get open(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded
  }

  /** Whether this side said all that it wanted to say. */
  get finished(): boolean {
    return this.#response.writableFinished || this.#wasReset
  }

  /** Whether the client has left so much unread that nothing more can be written. */
  get stalled(): boolean {
    return this.#stalled && this.open
  }

  /** Sends the headers of a stream, so that the client knows that it was accepted. */
  start(): void {
    if (this.#response.headersSent) return
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
    this.#response.flushHeaders()
  }

  /** Resolves when the client's side has room again, or is gone. Each write is an HTTP chunk of its own, and comes as one. */
  async write(bytes: string | Uint8Array): Promise<void> {
    this.start()
    const all = Buffer.from(bytes)
    const size = this.#options.chunkBytes() ?? Math.max(1, all.length)
    for (let at = 0; at < all.length && this.open; at += size) {
      const drained = this.#response.write(all.subarray(at, at + size))
      if (!drained) await this.#drained()
    }
  }

  json(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.#response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

  end(): void {
    this.start()
    this.#response.end()
  }

  /** Cuts the connection with a TCP reset, once what was written has left. */
  async reset(): Promise<void> {
    this.start()
    this.#wasReset = this.open
    if (this.open) await new Promise<void>((resolve) => this.#response.write('', () => resolve()))
    this.#response.socket?.resetAndDestroy()
  }

  async #drained(): Promise<void> {
    this.#stalled = true
    this.#options.changed()
    await Promise.race([once(this.#response, 'drain').catch(() => {}), this.gone])
    this.#stalled = false
  }
}
