import type {
  ClientEvent,
  EndReason,
  GatewayEvent,
  GatewayEvents,
  Opened,
  OpenRequest,
  ReplyOf,
  RequestOf,
} from '../protocol/events.ts'
import type { Backend, Message, SessionInfo } from '../protocol/message.ts'
import { Backoff } from './backoff.ts'
import { callBack } from './call-back.ts'
import type { ConnectionState } from './client-state.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import * as talk from './conversation-state.ts'
import { ClientError } from './errors.ts'
import { PageSize } from './page-size.ts'
import { SilenceWatch } from './silence-watch.ts'
import type { ClientStorage } from './storage.ts'
import { Waiters } from './waiters.ts'

/** Milliseconds. */
export interface Timings {
  /** For one attempt to connect. */
  readonly connectMs: number
  /** For the acknowledgement of `session:open`, the first time; beyond it the connection is given up. */
  readonly openMs: number
  /** The same where it is only asked again, after a silence, whether the replica still lives. */
  readonly probeMs: number
  /** Silence of a handshake, or of `session:open`, after which another connection is tried beside it; half as much again by chance. */
  readonly rivalMs: number
  /** For every other acknowledgement. */
  readonly ackMs: number
  /** Silence of an expected answer after which the session is opened again, to see whether the replica still lives. */
  readonly silenceMs: number
  /** How long a call such as `stop` tries, over lost connections. */
  readonly callMs: number
}

export interface SessionLinkOptions extends Omit<ConnectionOptions, 'connectTimeoutMs' | 'rivalMs'> {
  readonly timings: Timings
  readonly storage: ClientStorage
  readonly opening: Pick<OpenRequest, 'userId' | 'resume'>
  /** Whether there are messages that the gateway has not acknowledged. */
  readonly hasUnsent: () => boolean
}

/** What came from the gateway, as it came: an event, or the snapshot that acknowledged a `session:open`. */
export type Arrival =
  | { readonly [E in GatewayEvent]: { readonly name: E; readonly data: GatewayEvents[E] } }[GatewayEvent]
  | { readonly name: 'opened'; readonly data: Opened }

/** Longest wait before it is asked what became of provisional messages: clients shall not all ask at once when Redis is back. */
const SETTLE_SPREAD_MS = 2000
/** An acknowledgement is waited for so many times as long where a page of messages may stand before it. */
const SLOW_PATIENCE = 4
/** Longer than a browser keeps a page that was left. */
const REST_MS = 86_400_000

/** What the reply to a request may carry. */
interface Carried {
  readonly message?: Message
  readonly answer?: Message
  readonly messages?: readonly Message[]
  readonly persisted?: boolean
}

/**
 * Keeps one session open over any number of connections: opens it on each, merges what comes, opens it again where
 * something is missing or an expected answer is silent.
 */
export class SessionLink {
  readonly #options: SessionLinkOptions
  readonly #changed: () => void
  readonly #connection: Connection
  readonly #silence: SilenceWatch
  readonly #gapBackoff = new Backoff(20, 2000)
  readonly #waiters = new Waiters()
  /** Told of everything that arrives, before it is merged. */
  readonly observers = new Set<(arrival: Arrival) => void>()
  #reopenTimer: ReturnType<typeof setTimeout> | undefined
  #settleTimer: ReturnType<typeof setTimeout> | undefined
  #phase: ConnectionState = 'idle'
  #opening = false
  /** Those that are tried until they are done. */
  #calls = 0
  /** Of them, those for older messages. */
  #histories = 0
  /** How often the session was left for another one. */
  #leavings = 0
  /** Taking up the user's latest session is for the beginning: a user who has left one wants another. */
  #mayTakeUpLatest = true
  #conversation = talk.EMPTY
  /** It went over to the session of another tab: what is stored is for that one to say. */
  #isFollower = false
  readonly pageSize = new PageSize()

  session: SessionInfo | null = null
  replica: string | null = null
  backend: Backend = 'redis'
  /** What was told while the session is being opened: it is newer than what the acknowledgement says of when it was read. */
  #told: Backend | null = null
  ended: EndReason | null = null
  error: ClientError | null = null

  constructor(options: SessionLinkOptions, changed: () => void) {
    this.#options = options
    this.#changed = changed
    this.#connection = new Connection(
      { ...options, connectTimeoutMs: options.timings.connectMs, rivalMs: options.timings.rivalMs },
      {
        up: () => this.openSession(),
        down: (error) => this.#down(error),
        found: (error) => this.#failing(error),
        refused: (error) => this.#giveUp(error),
        isAwaited: () => this.answer !== undefined || options.hasUnsent() || this.#calls > 0 || !this.#waiters.isEmpty,
        event: (name, data) => this.#event(name, data),
      },
    )
    this.#silence = new SilenceWatch(options.timings.silenceMs, () => this.#isPatient || this.openSession())
  }

  get phase(): ConnectionState {
    const waiting = this.#phase === 'connecting' || this.#phase === 'reconnecting'
    return waiting && globalThis.navigator?.onLine === false ? 'offline' : this.#phase
  }

  /** Why it is not tried any more, until `start`; null where it is, or was closed. */
  get refusal(): ClientError | null {
    return this.#phase === 'offline' ? this.error : null
  }

  get isOpen(): boolean {
    return this.#connection.connected && this.session !== null && !this.#opening
  }

  get messages(): readonly Message[] {
    return this.#conversation.messages
  }

  get answer(): Message | undefined {
    return talk.streamingAnswer(this.#conversation)
  }

  /** What goes on while the running answer's next text does not come (F7). */
  get activity(): talk.CurrentActivity | null {
    return talk.activityOf(this.#conversation)
  }

  /** The session is open, and everything that is held of it is known to be in Redis. */
  get isSettled(): boolean {
    return this.isOpen && talk.isSettled(this.#conversation)
  }

  /** A page of messages that is on its way over a slow network holds up all that comes after it. */
  get #isPatient(): boolean {
    return this.pageSize.isSlow && this.#histories > 0
  }

  /** Begins to connect; where that is tried already, without waiting for the next time. After the end of a session, begins the next. */
  start(): void {
    if (this.#phase !== 'idle' && this.#phase !== 'offline') {
      if (this.ended !== null) void this.openSession()
      return this.#connection.hurry()
    }
    this.#phase = 'connecting'
    this.error = null
    this.#update() // before it is asked for a token: the error is no more
    this.#connection.open()
  }

  close(): void {
    clearTimeout(this.#reopenTimer)
    clearTimeout(this.#settleTimer)
    this.#reopenTimer = undefined
    this.#settleTimer = undefined
    this.#leave('idle', new ClientError('closed', 'the client was closed'))
  }

  /** Another network, or it is back: do not wait out the backoff. */
  hurry(): void {
    this.#connection.hurry()
    this.#update()
  }

  /** Somebody waits for the next connection. */
  awaited(): void {
    this.#connection.awaited()
  }

  /** Is not connected until somebody hurries: what the page shows is kept by the browser, and not seen. */
  rest(): void {
    this.#connection.drop(null, REST_MS)
  }

  /** Leaves the session for this one, or for a new one. The old one's events end with its connection. A follower stores nothing of it. */
  restart(sessionId: string | null, isFollower = false): void {
    this.#leavings++
    this.#mayTakeUpLatest = false
    this.#conversation = { ...talk.EMPTY, sessionId }
    this.#isFollower = isFollower
    this.session = null
    this.ended = null
    if (this.#phase === 'online') this.#phase = 'connecting' // nothing was lost
    this.#connection.drop(null, 0)
    this.#update()
  }

  sessionEnded(reason: EndReason): void {
    const { storage } = this.#options
    const { sessionId } = this.#conversation
    if (sessionId !== null && storage.sessionId === sessionId) storage.sessionOver(sessionId)
    // What has expired stays on view until the next session begins.
    this.#conversation = reason === 'cleared' ? talk.EMPTY : { ...this.#conversation, sessionId: null }
    this.session = null
    this.#isFollower = false
    this.ended = reason
    this.#update()
  }

  /** Resolves once the session is open; rejects where that is given up or not tried, or after `timeoutMs`. */
  async whenOpen(timeoutMs?: number): Promise<void> {
    if (this.isOpen) return
    if (this.#phase === 'idle') throw new ClientError('closed', 'the client is not open')
    if (this.#phase === 'offline' && this.error !== null) throw this.error
    const open = this.#waiters.wait(timeoutMs)
    this.awaited()
    await open
  }

  /** One try on the open session. The messages of its reply are held from then on. */
  async request<E extends ClientEvent>(name: E, payload: (sessionId: string) => RequestOf<E>): Promise<ReplyOf<E>> {
    const { sessionId } = this.#conversation
    if (sessionId === null) throw new ClientError('session_not_found', 'there is no session')
    const limitMs = this.#options.timings.ackMs * (this.#isPatient ? SLOW_PATIENCE : 1)
    const reply = await this.#connection.request(name, payload(sessionId), limitMs)
    this.#acknowledged(sessionId, reply as Carried)
    return reply
  }

  #acknowledged(sessionId: string, { message, answer, messages = [], persisted = true }: Carried): void {
    const all = [message, answer, ...messages].filter((one) => one !== undefined)
    if (all.length === 0) return
    this.#conversation = talk.acknowledged(this.#conversation, { sessionId, messages: all, persisted })
    this.#update()
  }

  /**
   * Tries over lost connections, for what may be done twice without harm. `done` gives the reply where the snapshot after a
   * reconnect shows that a call without acknowledgement did its work. `failed` is told of every try that failed on its way.
   */
  async call<E extends ClientEvent>(
    name: E,
    payload: (sessionId: string) => RequestOf<E>,
    done: () => ReplyOf<E> | undefined = () => undefined,
    failed: (error: ClientError) => unknown = () => {},
  ): Promise<ReplyOf<E>> {
    const histories = name === 'session:history' ? 1 : 0
    this.#calls++
    this.#histories += histories
    try {
      return await this.#untilDone(name, payload, done, failed)
    } finally {
      this.#calls--
      this.#histories -= histories
    }
  }

  async #untilDone<E extends ClientEvent>(
    name: E,
    payload: (sessionId: string) => RequestOf<E>,
    done: () => ReplyOf<E> | undefined,
    failed: (error: ClientError) => unknown,
  ): Promise<ReplyOf<E>> {
    const deadline = performance.now() + this.#options.timings.callMs
    const leavings = this.#leavings
    for (;;) {
      if (this.ended === null) await this.whenOpen(deadline - performance.now())
      // What was asked of a session that was left is asked of no other one.
      if (leavings !== this.#leavings) throw new ClientError('closed', 'another conversation was opened')
      const reply = done()
      if (reply !== undefined) return reply
      try {
        return await this.request(name, payload)
      } catch (error) {
        if (!(error instanceof ClientError) || !error.isTransport) throw error
        failed(error)
        if (performance.now() > deadline) throw error
      }
    }
  }

  /** Opens the session on the present connection: the stored one, or a new one; or again, to fetch what is missing. */
  async openSession(): Promise<void> {
    if (this.#opening || !this.#connection.connected) return
    const { openMs, probeMs } = this.#options.timings
    const limitMs = this.isOpen ? probeMs : openMs
    this.#opening = true
    this.#told = null
    const request = this.#openRequest()
    this.#conversation = talk.startOpening(this.#conversation, request.after)
    try {
      this.#opened(await this.#connection.openSession(request, limitMs), request)
    } catch (thrown) {
      const error = thrown as ClientError
      if (error.isTransport) return // `down` was told
      if (request.sessionId !== undefined && (error.code === 'session_not_found' || error.code === 'invalid')) {
        if (!this.#isFollower) this.#options.storage.sessionOver(request.sessionId)
        this.#conversation = talk.EMPTY
        this.#opening = false
        await this.openSession()
      } else if (error.retryable) {
        // On the next connection it may be another replica that answers.
        this.#connection.drop(error, error.retryAfterMs ?? null)
      } else this.#giveUp(error)
    }
  }

  /** Asks, soon, what Redis holds of the session, where that is not known; unless it is away. */
  settle(): void {
    if (!this.isOpen || this.isSettled || this.backend !== 'redis' || this.#settleTimer !== undefined) return
    this.#settleTimer = setTimeout(() => {
      this.#settleTimer = undefined
      if (!this.isSettled) this.openSession()
    }, Math.random() * SETTLE_SPREAD_MS)
  }

  #openRequest(): OpenRequest {
    const { userId } = this.#options.opening
    const resume = this.#mayTakeUpLatest ? this.#options.opening.resume : undefined
    const stored = this.#isFollower ? null : this.#options.storage.sessionId
    const sessionId = this.#conversation.sessionId ?? stored ?? undefined
    if (sessionId === undefined) return { userId, resume }
    const after = this.#conversation.sessionId === null ? undefined : talk.resumeAfter(this.#conversation)
    return { sessionId, userId, after }
  }

  #opened(reply: Opened, asked: OpenRequest): void {
    this.#tell({ name: 'opened', data: reply })
    const { session, messages, after, replica, backend } = reply
    const snapshot = { sessionId: session.id, messages, after, durable: backend === 'redis' }
    this.#conversation = talk.opened(this.#conversation, snapshot)
    if (!this.#isFollower) this.#options.storage.sessionId = session.id
    this.#mayTakeUpLatest = false
    this.#opening = false
    this.#phase = 'online'
    this.session = session
    this.replica = replica
    this.backend = this.#told ?? backend
    this.ended = null
    this.error = null
    if (this.#connection.isLate && (after ?? 0) > (asked.after ?? 0)) this.pageSize.sessionCut(messages.length)
    this.#connection.proved()
    this.#waiters.resolveAll()
    this.#update()
  }

  #down(error: ClientError | null): void {
    this.#opening = false
    this.#conversation = talk.openFailed(this.#conversation)
    const isLoss = this.#phase === 'online'
    if (isLoss) this.#phase = 'reconnecting'
    // That a connection was lost is no error yet: most are back in a moment.
    if (error !== null && !(isLoss && error.isTransport)) this.error = error
    this.#update()
  }

  #failing(error: ClientError): void {
    if (this.#phase === 'online') return
    this.error = error
    this.#update()
  }

  #giveUp(error: ClientError): void {
    this.error = error
    this.#leave('offline', error)
  }

  #leave(phase: ConnectionState, error: ClientError): void {
    this.#phase = phase
    this.#opening = false
    this.session = null
    this.#conversation = talk.openFailed(this.#conversation)
    this.#connection.close()
    this.#waiters.rejectAll(error)
    this.#update()
  }

  #tell(arrival: Arrival): void {
    for (const observer of this.observers) callBack(observer, arrival)
  }

  #event<E extends GatewayEvent>(name: E, data: GatewayEvents[E]): void {
    const arrival = { name, data } as Exclude<Arrival, { name: 'opened' }>
    this.#tell(arrival)
    if (arrival.name === 'session:ended') {
      const { sessionId, reason } = arrival.data
      if (sessionId === this.#conversation.sessionId) this.sessionEnded(reason)
    } else if (arrival.name !== 'draining' && arrival.name !== 'auth:expiring') {
      this.#received(arrival)
      if (arrival.name === 'backend') this.backend = this.#told = arrival.data.backend
    }
    this.#update()
  }

  #received(event: talk.SessionEvent): void {
    this.#silence.heard()
    this.#conversation = talk.received(this.#conversation, event)
    if (event.name === 'message' && !this.#conversation.gap) this.#gapBackoff.reset()
  }

  #update(): void {
    this.#silence.expect(this.isOpen && this.answer !== undefined)
    if (this.isOpen && this.#conversation.gap && this.#reopenTimer === undefined) {
      this.#reopenTimer = setTimeout(() => {
        this.#reopenTimer = undefined
        this.openSession()
      }, this.#gapBackoff.next())
    }
    this.#changed()
  }
}
