import type { Dispatcher } from 'undici'

export interface BodySink {
  /** Bytes, as the network brought them. */
  bytes(chunk: Buffer): void
  /** There are no more. */
  end(): void
  /** The connection broke. */
  error(thrown: Error): void
}

/** How long the rest of a body that nobody needs is waited for, so that its connection can be used again. */
const TAIL_MS = 1000
const ignored: BodySink = { bytes() {}, end() {}, error() {} }

/**
 * The body of a response, handed on by undici's dispatcher without a Node.js stream in between, which would cost
 * more than parsing what it carries (docs/performance.md). Nothing is read from the network until `read`, nor while
 * paused, but for the rest of a connection that is gone.
 */
export class ResponseBody {
  protected readonly controller: Dispatcher.DispatchController
  #reader: BodySink | null = null
  #over = false

  constructor(controller: Dispatcher.DispatchController) {
    this.controller = controller
    controller.pause()
  }

  /** Gives what comes, what is left after another reader included, to `reader`. */
  read(reader: BodySink): void {
    this.#reader = reader
    this.flow(true)
  }

  pause(): void {
    this.flow(false)
  }

  resume(): void {
    this.flow(true)
  }

  protected flow(flows: boolean): void {
    if (flows) this.controller.resume()
    else this.controller.pause()
  }

  /** Ends the connection: nobody hears of it. */
  cut(): void {
    if (this.#over) return
    this.#over = true
    this.#reader = null
    this.controller.abort(new Error('nobody reads this response any more'))
  }

  /** Reads a body that is next to its end for nothing but its connection. */
  drain(): void {
    if (this.#over) return
    const tail = setTimeout(() => this.cut(), TAIL_MS).unref()
    const over = () => clearTimeout(tail)
    this.read({ ...ignored, end: over, error: over })
  }

  /** The text of its first `limit` bytes, or of what there is of them after `ms` or when the connection breaks. Its end. */
  async beginning(limit: number, ms: number): Promise<string> {
    const chunks: Buffer[] = []
    let length = 0
    const over = Promise.withResolvers<void>()
    const timer = setTimeout(over.resolve, ms)
    this.read({
      bytes(chunk) {
        chunks.push(chunk)
        length += chunk.length
        if (length >= limit) over.resolve()
      },
      end: over.resolve,
      error: () => over.resolve(),
    })
    await over.promise
    clearTimeout(timer)
    this.cut()
    return Buffer.concat(chunks).toString('utf8', 0, limit)
  }

  // From here on: what undici's dispatcher tells.

  arrived(chunk: Buffer): void {
    this.#reader?.bytes(chunk)
  }

  ended(): void {
    this.#over = true
    this.#reader?.end()
  }

  failed(thrown: Error): void {
    if (this.#over) return
    this.#over = true
    this.#reader?.error(thrown)
  }
}
