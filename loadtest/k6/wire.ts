import { clearTimeout, setTimeout } from 'k6/timers'
import { WebSocket } from 'k6/websockets'
import type { Acknowledgement, ClientEvent, ReplyOf, RequestOf } from '../../src/protocol/events.ts'
import { CONNECT, DISCONNECT, decode, eventFrame, type Packet, PONG, socketUrl } from '../../src/protocol/frames.ts'
import * as figures from './figures.ts'

/** How long a client waits for an acknowledgement, or for a connection (SPEC.md, sections 3 and 5). */
const PATIENCE_MS = 3000

/** Of `readyState`. */
const CONNECTING = 0

/** The connection was lost, or something on it took too long: the same may be asked again on the next one. */
export class WireLost extends Error {
  override readonly name = 'WireLost'
}

/** One Socket.IO connection. */
export class Wire {
  readonly #socket: WebSocket
  readonly #onEvent: (name: string, payload: unknown) => void
  readonly #onLost: () => void
  readonly #waiting = new Map<number, (payload: unknown) => void>()
  readonly #failures = new Set<(error: WireLost) => void>()
  #lastId = 0
  #isUp = false
  #isOver = false

  constructor(url: string, onEvent: (name: string, payload: unknown) => void, onLost: () => void) {
    this.#onEvent = onEvent
    this.#onLost = onLost
    this.#socket = new WebSocket(socketUrl(url))
    this.#socket.onclose = () => this.#end()
    this.#socket.onerror = () => this.#end()
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isOver
  }

  /** Resolves once the gateway lets it in. Rejects with `WireLost`. */
  connect(): Promise<void> {
    return this.#within('connect', (resolve, reject) => {
      this.#socket.onmessage = (message) => {
        try {
          this.#receive(decode(String(message?.data)), resolve, reject)
        } catch (error) {
          figures.errors.add(1)
          console.error(String(error))
          this.#end()
        }
      }
    })
  }

  #receive(packet: Packet, onConnected: () => void, onRefused: (error: WireLost) => void): void {
    switch (packet.kind) {
      case 'handshake':
        return this.#send(CONNECT)
      case 'ping':
        return this.#send(PONG)
      case 'connected':
        this.#isUp = true
        return onConnected()
      case 'refused':
        return onRefused(new WireLost(packet.message))
      case 'disconnected':
        return this.#end()
      case 'event':
        return this.#onEvent(packet.name, packet.payload)
      case 'acknowledgement':
        return this.#waiting.get(packet.id)?.(packet.payload)
    }
  }

  /** Rejects with `WireLost`. */
  async ask<E extends ClientEvent>(event: E, payload: RequestOf<E>): Promise<Acknowledgement<ReplyOf<E>>> {
    const id = ++this.#lastId
    try {
      return await this.#within(event, (resolve) => {
        this.#waiting.set(id, (reply) => resolve(reply as Acknowledgement<ReplyOf<E>>))
        this.#send(eventFrame(id, event, payload))
      })
    } finally {
      this.#waiting.delete(id)
    }
  }

  /** Leaves in good order; `onLost` is not called. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#isUp) this.#socket.send(DISCONNECT)
    this.#shut()
    this.#failAll()
  }

  #send(frame: string): void {
    if (!this.#isOver) this.#socket.send(frame)
  }

  #within<T>(what: string, start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new WireLost('the connection is gone'))
      const settle = (): void => {
        this.#failures.delete(fail)
        clearTimeout(timer)
      }
      const fail = (error: Error): void => {
        settle()
        reject(error)
      }
      const succeed = (value: T): void => {
        settle()
        resolve(value)
      }
      const timer = setTimeout(() => {
        fail(new WireLost(`${what} took over ${PATIENCE_MS} ms`))
        this.#end()
      }, PATIENCE_MS)
      this.#failures.add(fail)
      start(succeed, fail)
    })
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#shut()
    this.#failAll()
    this.#onLost()
  }

  /** k6 has `close` of a socket that is connecting wait for the connection, and everything else of the virtual user with it. */
  #shut(): void {
    if (this.#socket.readyState === CONNECTING) this.#socket.onopen = () => this.#socket.close()
    else this.#socket.close()
  }

  #failAll(): void {
    for (const fail of this.#failures) fail(new WireLost('the connection is gone'))
  }
}
