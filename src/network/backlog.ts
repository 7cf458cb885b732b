import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'

/** A reply of more bytes is large: a client has to have read it before the next one is made for it. */
export const LARGE_BYTES = 64 * 1024

/** What takes nothing for so long is closed (X6). */
const WRITE_DEADLINE_MS = 30_000
const LOOK_MS = 100
/** After so much has been added it is looked at at once: many large replies may come between two looks. */
const SOON_BYTES = 2 * 1024 * 1024
/** What may wait for all outlets of a replica together, and of it what may be large; more only where a few of the longest answers would not fit. */
const MAX_BYTES = 32 * 1024 * 1024
const MAX_LARGE_BYTES = 16 * 1024 * 1024
const LONGEST_ANSWERS = 4

/** Where bytes go out to one client: a WebSocket, or a reply over HTTP. */
export interface Outlet {
  /** Bytes that wait in this process because the client does not read, or the network does not carry; 0 where it has ended. */
  unsentBytes(): number
  /** Changes whenever the network takes a byte. */
  progress(): string
  /** Ends the network connection, whatever waits for it. */
  cutOff(): void
}

/** Two numbers; one of them changes whenever the network takes a byte. */
export function progressOf(network: Socket | null | undefined): string {
  if (network == null) return ''
  const { _handle: handle } = network as { readonly _handle?: { readonly writeQueueSize?: number } | null }
  return `${network.bytesWritten - network.writableLength}:${handle?.writeQueueSize}`
}

/** The response counts as waiting while bytes of it do; with `whole`, until all of it is out, which it has been given already. */
export function outletOf(response: ServerResponse, whole: boolean): Outlet {
  return {
    unsentBytes: () => {
      if (response.destroyed || response.writableFinished) return 0
      return whole ? Math.max(1, response.writableLength) : response.writableLength
    },
    progress: () => progressOf(response.socket),
    cutOff: () => response.destroy(),
  }
}

export interface BacklogOptions {
  /** Bytes of the longest answer. */
  readonly maxAnswerBytes: number
  readonly clock: Clock
  /** Something was cut off for which so many bytes waited. */
  readonly onCut: (bytes: number) => void
  readonly deadlineMs?: number
}

interface Laggard {
  progress: string
  /** When it was last seen to take something. */
  tookAt: number
}

/**
 * The outlets for which bytes wait in this process (X6). One that takes nothing for 30 s is cut off. Where all of them
 * together hold too much, those that have taken nothing for longest are cut off first: a client that reads loses nothing
 * by those that do not. Nothing is done while nothing waits.
 */
export class Backlog {
  readonly #options: BacklogOptions
  readonly #maxBytes: number
  readonly #maxLargeBytes: number
  readonly #deadlineMs: number
  readonly #laggards = new Map<Outlet, Laggard>()
  #looking = false
  #added = 0

  constructor(options: BacklogOptions) {
    this.#options = options
    this.#maxBytes = Math.max(MAX_BYTES, LONGEST_ANSWERS * options.maxAnswerBytes)
    this.#maxLargeBytes = Math.max(MAX_LARGE_BYTES, LONGEST_ANSWERS * options.maxAnswerBytes)
    this.#deadlineMs = options.deadlineMs ?? WRITE_DEADLINE_MS
  }

  /** So many bytes were written, and may not have gone out at once. */
  note(outlet: Outlet, bytes = 0): void {
    const { clock } = this.#options
    if (!this.#laggards.has(outlet)) this.#laggards.set(outlet, { progress: outlet.progress(), tookAt: clock.now() })
    this.#added += bytes
    if (this.#added > SOON_BYTES) this.#look()
    if (this.#looking) return
    this.#looking = true
    clock.after(LOOK_MS, () => this.#lookAgain())
  }

  #lookAgain(): void {
    this.#looking = false
    this.#look()
    if (this.#laggards.size === 0) return
    this.#looking = true
    this.#options.clock.after(LOOK_MS, () => this.#lookAgain())
  }

  #look(): void {
    this.#added = 0
    let total = 0
    let large = 0
    for (const [outlet, laggard] of this.#laggards) {
      const bytes = this.#check(outlet, laggard)
      total += bytes
      if (bytes > LARGE_BYTES) large += bytes
    }
    if (total <= this.#maxBytes && large <= this.#maxLargeBytes) return
    const longest = [...this.#laggards].sort(([, a], [, b]) => a.tookAt - b.tookAt)
    for (const [outlet] of longest) {
      const bytes = outlet.unsentBytes()
      const isLarge = bytes > LARGE_BYTES
      if (total <= this.#maxBytes && !(isLarge && large > this.#maxLargeBytes)) continue
      this.#cut(outlet)
      total -= bytes
      if (isLarge) large -= bytes
    }
  }

  /** Bytes that wait for it. */
  #check(outlet: Outlet, laggard: Laggard): number {
    const bytes = outlet.unsentBytes()
    if (bytes === 0) {
      this.#laggards.delete(outlet)
      return 0
    }
    const now = this.#options.clock.now()
    const progress = outlet.progress()
    if (progress !== laggard.progress) {
      laggard.progress = progress
      laggard.tookAt = now
    }
    if (now - laggard.tookAt < this.#deadlineMs) return bytes
    this.#cut(outlet)
    return 0
  }

  #cut(outlet: Outlet): void {
    const bytes = outlet.unsentBytes()
    this.#laggards.delete(outlet)
    outlet.cutOff()
    this.#options.onCut(bytes)
  }
}
