import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import type { ErrorBody } from '../../src/protocol/errors.ts'
import type {
  Acknowledgement,
  ClientEvent,
  GatewayEvent,
  GatewayEvents,
  Opened,
  OpenRequest,
  ReplyOf,
  RequestOf,
  Sent,
} from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import { PATIENCE_MS, within } from './conditions.ts'
import { type News, TextChecker } from './text-checker.ts'

export interface ConnectOptions {
  /** Payload of the Socket.IO CONNECT packet. */
  readonly auth?: object
  readonly headers?: Record<string, string>
  readonly transports?: readonly ('polling' | 'websocket')[]
  /** Reconnects by itself; opening sessions again is the test's to do. Off by default. */
  readonly reconnection?: boolean
}

/** An event of the gateway, as it came. */
export type Received = { [E in GatewayEvent]: { readonly event: E; readonly payload: GatewayEvents[E] } }[GatewayEvent]

/** What was asked was acknowledged with an error. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly body: ErrorBody
  constructor(event: string, body: ErrorBody) {
    super(`${event} was refused: ${JSON.stringify(body)}`)
    this.body = body
  }
}

/** A socket of a test's own. It keeps every event in order and checks the text that it is shown (TextChecker). */
export class TestClient {
  readonly socket: Socket
  readonly received: Received[] = []
  readonly #checker = new TextChecker()
  readonly #waiters = new Set<() => void>()
  /** While an open is under way, news is held (SPEC.md, section 4). */
  #opening = 0
  #held: News[] = []

  /** Resolves once connected; rejects where the gateway refuses. */
  static async connect(url: string, options: ConnectOptions = {}): Promise<TestClient> {
    const client = new TestClient(url, options)
    const refused = Promise.withResolvers<never>()
    client.socket.once('connect_error', refused.reject)
    const connected = new Promise<void>((resolve) => client.socket.once('connect', resolve))
    try {
      await within('the socket connects', Promise.race([connected, refused.promise]))
    } catch (error) {
      client.close()
      throw error
    }
    client.socket.off('connect_error', refused.reject)
    return client
  }

  private constructor(url: string, { auth = {}, headers = {}, transports, reconnection = false }: ConnectOptions) {
    this.socket = io(url, {
      auth,
      extraHeaders: headers,
      transports: [...(transports ?? ['websocket'])],
      reconnection,
      reconnectionDelay: 50,
      forceNew: true,
    })
    this.socket.onAny((event: string, payload: unknown) => this.#take({ event, payload } as Received))
    this.socket.on('disconnect', () => this.#wake())
    this.socket.on('connect', () => this.#wake())
  }

  /** What the gateway did that it must not do. */
  get violations(): readonly string[] {
    return this.#checker.violations
  }

  /** Sends any event, known or not, and gives what it is acknowledged with. */
  ask(event: string, payload: unknown): Promise<Acknowledgement<object>> {
    return this.socket.timeout(PATIENCE_MS).emitWithAck(event, payload)
  }

  /** Rejects with `Refused` where the gateway says no. */
  async request<E extends ClientEvent>(event: E, payload: RequestOf<E>): Promise<ReplyOf<E>> {
    if (event === 'session:open') return (await this.open(payload as OpenRequest)) as ReplyOf<E>
    return replyOf(event, await this.ask(event, payload)) as ReplyOf<E>
  }

  /** The error that it is acknowledged with; fails where it is not. */
  async refusal(event: string, payload: unknown): Promise<ErrorBody> {
    const reply = await this.ask(event, payload)
    if (reply.ok) throw new Error(`${event} was not refused: ${JSON.stringify(reply)}`)
    return reply.error
  }

  async open(request: OpenRequest = {}): Promise<Opened> {
    this.#opening++
    try {
      const opened = replyOf('session:open', (await this.ask('session:open', request)) as Acknowledgement<Opened>)
      if (opened.backend === 'memory') this.#checker.confirmations = true
      this.#checker.opened(opened.session.id, opened.messages, this.#held.splice(0))
      return opened
    } finally {
      this.#opening--
      if (this.#opening === 0) for (const news of this.#held.splice(0)) this.#checker.take(news)
      this.#wake()
    }
  }

  /** Opens a new session and gives its id. */
  async newSession(): Promise<string> {
    return (await this.open()).session.id
  }

  send(sessionId: string, content: string, id: string = randomUUID()): Promise<Sent> {
    return this.request('message:send', { sessionId, id, content })
  }

  /** The message as this socket was shown it. */
  shown(messageId: string): Message | undefined {
    return this.#checker.get(messageId)
  }

  /** Waits until the socket was shown at least `length` characters of the answer; gives what it was shown. */
  text(messageId: string, length = 1): Promise<string> {
    return this.until(`${length} characters of an answer`, () => {
      const content = this.shown(messageId)?.content ?? ''
      return content.length >= length && content
    })
  }

  /** Waits for the answer's final message in the given attempt. */
  ended(messageId: string, attempt = 1): Promise<Message> {
    return this.until('the answer ends', () => {
      const message = this.shown(messageId)
      return message !== undefined && message.status !== 'streaming' && message.attempt === attempt && message
    })
  }

  /** Waits for an event. */
  event<E extends GatewayEvent>(event: E, matches: (payload: GatewayEvents[E]) => boolean = () => true) {
    return this.until(`a ${event} event`, () => this.all(event).find(matches))
  }

  /** All events of a kind so far. */
  all<E extends GatewayEvent>(event: E): GatewayEvents[E][] {
    return this.received.filter((one) => one.event === event).map(({ payload }) => payload as GatewayEvents[E])
  }

  /** Waits until `look` gives something, looking after each event, and gives that. */
  async until<T>(what: string, look: () => T, withinMs = PATIENCE_MS): Promise<Exclude<T, false | null | undefined>> {
    const found = Promise.withResolvers<Exclude<T, false | null | undefined>>()
    const check = () => {
      const seen = look()
      if (seen !== false && seen !== null && seen !== undefined) found.resolve(seen as never)
    }
    this.#waiters.add(check)
    try {
      check()
      return await within(what, found.promise, withinMs)
    } catch (error) {
      const last = this.received.slice(-3).map((received) => JSON.stringify(received).slice(0, 500))
      throw new Error(`${String(error)}; connected: ${this.socket.connected}; last of ${this.received.length} events:
${last.join('\n')}`)
    } finally {
      this.#waiters.delete(check)
    }
  }

  close(): void {
    this.socket.disconnect()
  }

  #take(received: Received): void {
    this.received.push(received)
    if (received.event === 'backend') this.#checker.confirmations = true
    if (received.event === 'delta' || received.event === 'message' || received.event === 'session:sync') {
      if (this.#opening > 0) this.#held.push(received)
      else this.#checker.take(received)
    }
    this.#wake()
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
  }
}

function replyOf<Reply>(event: string, acknowledgement: Acknowledgement<Reply>): Reply {
  if (!acknowledgement.ok) throw new Refused(event, acknowledgement.error)
  const { ok: _, ...reply } = acknowledgement
  return reply as Reply
}
