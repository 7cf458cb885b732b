import type { Clock, Timer } from '../ports/clock.ts'
import { awaitPongAnew, beat, type Conn, readOn, stopReading } from './engine-internals.ts'

export interface ReadingPauseDeps {
  readonly clock: Clock
  /** How often a connection that is not read is given a sign of life, in milliseconds. Less than a pong may take. */
  readonly beatMs: number
  /** Something was written to it in here. */
  readonly onWritten: (conn: Conn) => void
}

/**
 * A time during which a connection is not read. It is kept alive meanwhile: else it would be held for dead on both sides, since
 * its pongs are not read, and Engine.IO pings nobody whose pong it waits for.
 */
export class ReadingPause {
  readonly #conn: Conn
  readonly #deps: ReadingPauseDeps
  /** Does `work`; what it throws costs this connection. */
  readonly #guarded: (work: () => void) => void
  #timer: Timer

  private constructor(conn: Conn, deps: ReadingPauseDeps, guarded: (work: () => void) => void) {
    this.#conn = conn
    this.#deps = deps
    this.#guarded = guarded
    awaitPongAnew(conn)
    this.#timer = this.#beatLater()
  }

  /** Null over polling, where there is nothing to stop. */
  static begin(conn: Conn, deps: ReadingPauseDeps, guarded: (work: () => void) => void): ReadingPause | null {
    return stopReading(conn) ? new ReadingPause(conn, deps, guarded) : null
  }

  /** It is read again. */
  end(): void {
    this.cancel()
    awaitPongAnew(this.#conn)
    readOn(this.#conn)
  }

  /** The connection has ended. */
  cancel(): void {
    this.#timer.cancel()
  }

  #beat(): void {
    this.#timer = this.#beatLater() // first: what follows may end the connection, and this with it
    awaitPongAnew(this.#conn)
    if (beat(this.#conn)) this.#deps.onWritten(this.#conn)
  }

  #beatLater(): Timer {
    return this.#deps.clock.after(this.#deps.beatMs, () => this.#guarded(() => this.#beat()))
  }
}
