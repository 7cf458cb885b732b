import type { ClientEvent, GatewayEvent } from '../protocol/events.ts'
import {
  CONNECT,
  connectFrame,
  DISCONNECT,
  decode,
  eventFrame,
  type Packet,
  PONG,
  socketUrl,
} from '../protocol/frames.ts'
import { type ErrorBody, type EventOf, error, events, type ReplyOf, replies, shaped } from './shapes.ts'
import { Aborted, ensure, excerpt, Failure } from './verdict.ts'

/** Milliseconds for a connection, an acknowledgement, or news that has nothing to wait for. */
export const PATIENCE_MS = 10_000

/** An event of the gateway, in its shape. */
export type News = { [E in GatewayEvent]: { readonly name: E; readonly payload: EventOf<E> } }[GatewayEvent]

/** A Socket.IO CONNECT was refused. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly data: unknown

  constructor(message: string, data: unknown) {
    super(message)
    this.data = data
  }
}

/** One Socket.IO connection, spoken frame by frame. It keeps all that it was told. */
export class Connection {
  /** In the order in which it came. */
  readonly news: News[] = []
  readonly #socket: WebSocket
  readonly #token: string | undefined
  readonly #signal: AbortSignal
  readonly #replies = new Map<number, unknown>()
  readonly #looking = new Set<() => void>()
  #problem: Error | null = null
  #isUp = false
  #lastId = 0

  /** Rejects with `Refused` where the gateway does not let it in, with `Failure` where it does not come about. */
  static async open(url: string, token: string | undefined, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection(url, token, signal)
    try {
      await connection.until(() => connection.#isUp || undefined, 'the connection')
      return connection
    } catch (thrown) {
      connection.close()
      throw thrown
    }
  }

  private constructor(url: string, token: string | undefined, signal: AbortSignal) {
    this.#token = token
    this.#signal = signal
    this.#socket = new WebSocket(socketUrl(url))
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data))
    for (const end of ['close', 'error'] as const) {
      this.#socket.addEventListener(end, () => this.#fail(new Failure('the connection was closed')))
    }
  }

  get isOpen(): boolean {
    return this.#problem === null
  }

  /** Sends an event with any payload and gives the acknowledgement as it came. */
  async emit(event: string, payload: unknown): Promise<unknown> {
    const id = ++this.#lastId
    this.send(eventFrame(id, event, payload))
    return this.until(() => this.#replies.get(id), `the acknowledgement of ${event}`)
  }

  /** Sends an event and gives its reply, in its shape. Rejects with `Failure` where it is not `ok`. */
  async ask<E extends ClientEvent>(event: E, payload: object): Promise<ReplyOf<E>> {
    const reply = await this.emit(event, payload)
    ensure(isObject(reply) && reply.ok === true, `${event} was acknowledged with ${excerpt(reply)}`)
    return shaped(replies[event], reply, `the acknowledgement of ${event}`) as ReplyOf<E>
  }

  /** Sends an event that is to be refused, and gives the error. Rejects with `Failure` where it is not refused. */
  async refusal(event: string, payload: unknown): Promise<ErrorBody> {
    const reply = await this.emit(event, payload)
    ensure(
      isObject(reply) && reply.ok === false,
      `${event} with ${excerpt(payload)} was acknowledged with ${excerpt(reply)}`,
    )
    return shaped(error, reply.error, `the error of ${event}`)
  }

  send(frame: string): void {
    if (this.#problem === null) this.#socket.send(frame)
  }

  /** Waits until `look` finds something; it looks again whenever a frame has come. Rejects with `Failure` after `ms`. */
  until<T>(look: () => T | undefined, what: string, ms = PATIENCE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer)
        this.#signal.removeEventListener('abort', abort)
        this.#looking.delete(check)
        end()
      }
      const abort = () => settle(() => reject(new Aborted('it was ended')))
      const check = () => {
        const found = look()
        if (found !== undefined) return settle(() => resolve(found))
        const problem = this.#problem
        if (problem !== null) settle(() => reject(problem))
      }
      const timer = setTimeout(
        () => settle(() => reject(new Failure(`${what} did not come within ${ms / 1000} s`))),
        ms,
      )
      this.#looking.add(check)
      this.#signal.addEventListener('abort', abort)
      if (this.#signal.aborted) abort()
      else check()
    })
  }

  /** Waits. Rejects where the run ends, or the connection does. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms
    const timer = setTimeout(() => this.#look(), ms)
    try {
      await this.until(() => performance.now() >= until || undefined, 'the end of a wait', ms + PATIENCE_MS)
    } finally {
      clearTimeout(timer)
    }
  }

  close(): void {
    this.send(DISCONNECT)
    this.#problem ??= new Failure('the connection was closed')
    this.#socket.close()
  }

  #receive(data: unknown): void {
    try {
      this.#take(decode(String(data)))
    } catch (thrown) {
      this.#fail(thrown instanceof Failure ? thrown : new Failure((thrown as Error).message))
    }
    this.#look()
  }

  #take(packet: Packet): void {
    switch (packet.kind) {
      case 'handshake':
        return this.send(this.#token === undefined ? CONNECT : connectFrame({ token: this.#token }))
      case 'ping':
        return this.send(PONG)
      case 'connected':
        this.#isUp = true
        return
      case 'refused':
        return this.#fail(new Refused(packet.message, packet.data))
      case 'disconnected':
        return this.#fail(new Failure('the gateway left the namespace'))
      case 'event':
        return this.#note(packet.name, packet.payload)
      case 'acknowledgement':
        this.#replies.set(packet.id, packet.payload)
    }
  }

  /** Events that are not known are ignored, as a client has to. */
  #note(name: string, payload: unknown): void {
    if (!Object.hasOwn(events, name)) return
    const event = name as GatewayEvent
    this.news.push({ name: event, payload: shaped(events[event], payload, `the event ${name}`) } as News)
  }

  #fail(problem: Error): void {
    this.#problem ??= problem
    this.#look()
  }

  #look(): void {
    for (const check of [...this.#looking]) check()
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
