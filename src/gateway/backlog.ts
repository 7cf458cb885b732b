import type { Clock } from '../ports/clock.ts'
import { type Conn, cutOff, LARGE_BYTES, progressOf, unsentBytes } from './wire.ts'

/** A socket that takes nothing for so long is closed (X6). */
const WRITE_DEADLINE_MS = 30_000
const LOOK_MS = 100
/** After so much has been added it is looked at at once: many large replies may come between two looks. */
const SOON_BYTES = 2 * 1024 * 1024

interface Laggard {
  progress: string
  /** When it was last seen to take something. */
  tookAt: number
}

/**
 * The sockets for which bytes wait in this process (X6). One that takes nothing for 30 s is cut off. Where all of them
 * together hold too much, those that have taken nothing for longest are cut off first: a client that reads loses nothing
 * by those that do not. Nothing is done while nothing waits.
 */
export class Backlog {
  readonly #maxBytes: number
  readonly #maxLargeBytes: number
  readonly #laggards = new Map<Conn, Laggard>()
  readonly #clock: Clock
  readonly #now: () => number
  readonly #onCut: (bytes: number) => void
  #looking = false
  #added = 0

  /**
   * `maxBytes`: what may wait for all sockets together; `maxLargeBytes`: of it, what may wait for those that have a large
   * reply unread. `now` in milliseconds, never backwards.
   */
  constructor(
    maxBytes: number,
    maxLargeBytes: number,
    clock: Clock,
    now: () => number,
    onCut: (bytes: number) => void,
  ) {
    this.#maxBytes = maxBytes
    this.#maxLargeBytes = maxLargeBytes
    this.#clock = clock
    this.#now = now
    this.#onCut = onCut
  }

  /** Something was written that did not go out at once. */
  note(conn: Conn, bytes = 0): void {
    if (!this.#laggards.has(conn)) this.#laggards.set(conn, { progress: progressOf(conn), tookAt: this.#now() })
    this.#added += bytes
    if (this.#added > SOON_BYTES) this.#look()
    if (this.#looking) return
    this.#looking = true
    this.#clock.after(LOOK_MS, () => this.#lookAgain())
  }

  #lookAgain(): void {
    this.#looking = false
    this.#look()
    if (this.#laggards.size === 0) return
    this.#looking = true
    this.#clock.after(LOOK_MS, () => this.#lookAgain())
  }

  #look(): void {
    this.#added = 0
    let total = 0
    let large = 0
    for (const [conn, laggard] of this.#laggards) {
      const bytes = this.#check(conn, laggard)
      total += bytes
      if (bytes > LARGE_BYTES) large += bytes
    }
    if (total <= this.#maxBytes && large <= this.#maxLargeBytes) return
    const longest = [...this.#laggards].sort(([, a], [, b]) => a.tookAt - b.tookAt)
    for (const [conn] of longest) {
      const bytes = unsentBytes(conn)
      const isLarge = bytes > LARGE_BYTES
      if (total <= this.#maxBytes && !(isLarge && large > this.#maxLargeBytes)) continue
      this.#cut(conn)
      total -= bytes
      if (isLarge) large -= bytes
    }
  }

  /** Bytes that wait for it. */
  #check(conn: Conn, laggard: Laggard): number {
    const bytes = unsentBytes(conn)
    if (bytes === 0) {
      this.#laggards.delete(conn)
      return 0
    }
    const progress = progressOf(conn)
    if (progress !== laggard.progress) {
      laggard.progress = progress
      laggard.tookAt = this.#now()
    }
    if (this.#now() - laggard.tookAt < WRITE_DEADLINE_MS) return bytes
    this.#cut(conn)
    return 0
  }

  #cut(conn: Conn): void {
    const bytes = unsentBytes(conn)
    this.#laggards.delete(conn)
    cutOff(conn)
    this.#onCut(bytes)
  }
}
