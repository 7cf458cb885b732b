import type { Dispatcher } from 'undici'

export interface BodyReader {
  /** Bytes, as the network brought them. */
  bytes(chunk: Buffer): void
  /** There are no more. */
  end(): void
  /** The connection broke. */
  error(thrown: Error): void
}

/**
 * The body of a streamed response, handed on by undici's dispatcher without a Node.js stream in between, which would cost
 * more than parsing what it carries (docs/performance.md). Nothing is read from the network until `read`, nor while paused.
 */
export class ResponseBody {
  readonly #controller: Dispatcher.DispatchController
  #reader: BodyReader | null = null
  #over = false

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller
    controller.pause()
  }

  /** Gives what comes, what is left after another reader included, to `reader`. */
  read(reader: BodyReader): void {
    this.#reader = reader
    this.#controller.resume()
  }

  /** Once its bytes have ended, or it was cut. */
  get isOver(): boolean {
    return this.#over
  }

  pause(): void {
    this.#controller.pause()
  }

  resume(): void {
    this.#controller.resume()
  }

  /** Ends the connection: nobody hears of it. */
  cut(): void {
    if (this.#over) return
    this.#over = true
    this.#reader = null
    this.#controller.abort(new Error('nobody reads this response any more'))
  }

  /** Of the dispatcher: */
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
