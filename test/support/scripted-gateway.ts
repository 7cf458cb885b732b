import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import type { ErrorBody, ErrorCode } from '../../src/protocol/errors.ts'
import type { ClientEvent, GatewayEvent, GatewayEvents, ReplyOf, RequestOf } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'

/** What a scripted gateway does with an event: acknowledges it, refuses it, or (null) says nothing. */
export type Reaction<E extends ClientEvent> = ReplyOf<E> | { error: ErrorBody } | null
type Script<E extends ClientEvent> = (request: RequestOf<E>, socket: Socket) => Reaction<E> | Promise<Reaction<E>>

export interface Request {
  readonly event: ClientEvent
  readonly payload: Record<string, unknown>
}

export function refused(code: ErrorCode, retryable = false, retryAfterMs?: number): { error: ErrorBody } {
  return { error: { code, message: code, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) } }
}

/**
 * A real Socket.IO server that does to a client what the test says: for what a sound gateway does only by accident (a lost
 * acknowledgement, silence, refusals in a row). Without a script it keeps one session, `messages` in it, and answers nothing.
 */
export class ScriptedGateway {
  sessionId: string = randomUUID()
  messages: Message[] = []
  readonly requests: Request[] = []
  /** The tokens that connections came with. */
  readonly tokens: unknown[] = []
  /** Why a connection is refused; null where it is not. */
  admit: (token: unknown) => ErrorBody | null | Promise<null> = () => null
  readonly #scripts = new Map<ClientEvent, (request: never, socket: Socket) => object | null | Promise<object | null>>()
  readonly #http = createServer()
  readonly #io: Server
  readonly #waiters = new Set<() => void>()

  static async start(path = '/socket.io/', port = 0): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway(path)
    gateway.#http.listen(port, '127.0.0.1')
    await once(gateway.#http, 'listening')
    return gateway
  }

  private constructor(path: string) {
    this.#io = new Server(this.#http, { transports: ['websocket'], path })
    this.#io.use(async (socket, next) => {
      const { token } = socket.handshake.auth
      this.tokens.push(token)
      const data = await this.admit(token)
      next(data === null ? undefined : Object.assign(new Error(data.message), { data }))
    })
    this.#io.on('connection', (socket) => this.#serve(socket))
    this.on('session:open', ({ after = 0 }) => {
      return { ...this.opened(this.messages.filter(({ seq }) => seq > after)), after }
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  on<E extends ClientEvent>(event: E, script: Script<E>): void {
    this.#scripts.set(event, script)
  }

  opened(messages: readonly Message[] = this.messages): ReplyOf<'session:open'> {
    const now = new Date().toISOString()
    const session = {
      id: this.sessionId,
      userId: null,
      createdAt: now,
      lastActivity: now,
      messageCount: 0,
      ttlSeconds: 60,
    }
    return { session, resumed: true, messages, replica: 'scripted', backend: 'redis' }
  }

  /** From now on there are many sessions, without messages: opens these, and else a new one (S1). Gives their ids. */
  openMany(): Set<string> {
    const known = new Set<string>()
    this.on('session:open', ({ sessionId }) => {
      this.sessionId = sessionId !== undefined && known.has(sessionId) ? sessionId : randomUUID()
      known.add(this.sessionId)
      return { ...this.opened([]), after: 0 }
    })
    return known
  }

  /** Stores a question with its answer, as a gateway would, unless the id is already there. */
  take({ id, content }: RequestOf<'message:send'>): ReplyOf<'message:send'> {
    const known = this.messages.findIndex((message) => message.id === id)
    const at = known === -1 ? this.messages.length : known
    if (known === -1) {
      const seq = this.messages.length + 1
      this.messages.push(this.message({ id, seq, role: 'user', content }), this.message({ seq: seq + 1 }))
    }
    const [message, answer] = this.messages.slice(at, at + 2) as [Message, Message]
    return { message, answer, persisted: true, backend: 'redis' }
  }

  message(part: Partial<Message>): Message {
    const createdAt = new Date().toISOString()
    const base = { id: randomUUID(), seq: 1, content: '', attempt: 1, createdAt, metadata: {} }
    return { ...base, role: 'assistant', status: 'complete', ...part }
  }

  tell<E extends GatewayEvent>(event: E, payload: GatewayEvents[E]): void {
    this.#io.emit(event, payload)
  }

  /** Ends every connection without a word, as a replica that dies does. */
  cut(): void {
    for (const socket of this.#io.of('/').sockets.values()) socket.conn.close()
  }

  sent(event: ClientEvent): Record<string, unknown>[] {
    return this.requests.filter((request) => request.event === event).map(({ payload }) => payload)
  }

  /** Resolves as soon as `condition` holds; it is looked at whenever a client connects, sends, or leaves. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.add(resolve))
  }

  get connections(): number {
    return this.#io.of('/').sockets.size
  }

  async close(): Promise<void> {
    await this.#io.close()
  }

  #serve(socket: Socket): void {
    socket.onAny(async (event: ClientEvent, payload: Record<string, unknown>, acknowledge: (reply: object) => void) => {
      this.requests.push({ event, payload })
      this.#wake()
      const reaction = await this.#scripts.get(event)?.(payload as never, socket)
      if (reaction != null) acknowledge('error' in reaction ? { ok: false, ...reaction } : { ok: true, ...reaction })
    })
    socket.on('disconnect', () => this.#wake())
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiters) wake()
    this.#waiters.clear()
  }
}
