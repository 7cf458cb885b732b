import type { Socket } from 'socket.io-client'
import type { ErrorBody } from '../protocol/errors.ts'

export type ConnectError = Error & { readonly type?: string; readonly data?: Partial<ErrorBody> }

export interface RaceOptions {
  /** Sockets that are tried at once, at most. */
  readonly most: number
  /** A socket that is not told to connect yet. */
  make(): Socket
  /** Milliseconds that a handshake may be silent before another is begun beside it. */
  patienceMs(): number
  /** The first to connect, after `ms` milliseconds; the others are closed by then. */
  won(socket: Socket, ms: number): void
  /** The gateway has refused one, or the last of them has failed; the others are closed by then. */
  lost(error: ConnectError): void
}

/** Handshakes beside each other (a hedged request): a frozen replica accepts TCP and says nothing, and only another try can meet another one. */
export class Race {
  readonly #options: RaceOptions
  readonly #begun = new Map<Socket, number>()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the next one is begun, by `performance.now()`. */
  #dueAt = 0

  constructor(options: RaceOptions) {
    this.#options = options
  }

  get isOn(): boolean {
    return this.#timer !== undefined
  }

  start(): void {
    const { most, make } = this.#options
    this.#dueAt = Number.POSITIVE_INFINITY
    this.rearm()
    if (this.#begun.size >= most) return
    const socket = make()
    this.#begun.set(socket, performance.now())
    socket.on('connect', () => this.#won(socket))
    socket.on('connect_error', (error: ConnectError) => this.#failed(socket, error))
    socket.connect()
  }

  /** Waits for the next one no longer than the present patience. */
  rearm(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    this.#dueAt = Math.min(this.#dueAt, now + this.#options.patienceMs())
    this.#timer = setTimeout(() => this.start(), this.#dueAt - now)
  }

  /** Closes whatever is under way. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const socket of this.#begun.keys()) discard(socket)
    this.#begun.clear()
  }

  #won(socket: Socket): void {
    const ms = performance.now() - (this.#begun.get(socket) ?? 0)
    socket.off()
    this.#begun.delete(socket)
    this.end()
    this.#options.won(socket, ms)
  }

  #failed(socket: Socket, error: ConnectError): void {
    this.#begun.delete(socket)
    discard(socket)
    if (error.data?.code === undefined && this.#begun.size > 0) return
    this.end()
    this.#options.lost(error)
  }
}

/** Closes a socket for good; nothing is heard of it any more. */
export function discard(socket: Socket): void {
  socket.off()
  socket.sendBuffer.length = 0 // Socket.IO would keep what waits there, and whoever waits for its acknowledgement
  socket.disconnect()
}
