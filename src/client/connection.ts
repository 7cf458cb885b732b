import { Manager, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import type {
  Acknowledgement,
  ClientEvent,
  GatewayEvent,
  GatewayEvents,
  Opened,
  OpenRequest,
  ReplyOf,
  RequestOf,
} from '../protocol/events.ts'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import { type Address, addressOf } from './address.ts'
import { Backoff } from './backoff.ts'
import { causeOf } from './diagnosis.ts'
import { ClientError } from './errors.ts'
import { type ConnectError, discard, Race } from './race.ts'
import { RivalOpening } from './rival-opening.ts'

/**
 * A token, or what fetches a fresh one; asked before every attempt to connect. Where it throws, or fetches none, it is asked again; a
 * `ClientError` of it that is not `retryable` ends the attempts.
 */
export type TokenSource = string | (() => string | Promise<string>)

export interface ConnectionHandlers {
  /** Connected: nothing is open on this connection yet. */
  up(): void
  /** The connection was lost or left, or an attempt failed, with `error`; the next one follows by itself. */
  down(error: ClientError | null): void
  /** Why the attempts fail, found out after the first of them. */
  found(error: ClientError): void
  /** The gateway refuses this client for good: no further attempt is made. */
  refused(error: ClientError): void
  /** Whether somebody waits for what the next connection brings. */
  isAwaited(): boolean
  event<E extends GatewayEvent>(name: E, data: GatewayEvents[E]): void
}

export interface ConnectionOptions {
  readonly url: string
  readonly token?: TokenSource | undefined
  readonly socketOptions?: Partial<ManagerOptions & SocketOptions> | undefined
  /** Milliseconds for one attempt: a frozen replica accepts TCP and then stays silent. */
  readonly connectTimeoutMs: number
  /** Milliseconds of silence, of a handshake or of `session:open`, after which another connection is tried beside it. */
  readonly rivalMs: number
}

const GATEWAY_EVENTS: readonly GatewayEvent[] = [
  ...(['message', 'delta', 'session:sync', 'activity'] as const),
  ...(['session:ended', 'backend', 'draining', 'auth:expiring'] as const),
]
const MAX_FRESH_TOKENS = 5
/** What a first handshake is expected to take: it may be made over a slow network. */
const FIRST_HANDSHAKE_MS = 500
/** Connections at once, at most. */
const MOST = 3
const FRAME_OVERHEAD_BYTES = 32
/** The limit of a try is at most so many times that of the first. */
const MOST_PATIENT = 4
/** A conversation that did not come in time is asked for its newest messages alone: these come within 12 s at 45 kbit/s. */
const LATE_MAX_BYTES = 64 * 1024
/** Longest addition to the first wait of a client for which nobody waits. */
const CALM_SPREAD_MS = 500
/** So many times as patient is such a client with a silent handshake: thousands that come back at once are not to make two of each. */
const CALM_PATIENCE = 3

const NOWHERE = { origin: 'http://nowhere.invalid', path: '/' }

/**
 * One WebSocket after the other to the gateway. Socket.IO's own reconnecting is off, so that lost connections, failed
 * attempts, refusals and silence all take one way: `down`, a jittered wait, the next attempt. Where one is silent, others
 * are tried beside it; the first that answers stays.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #handlers: ConnectionHandlers
  /** The one in use. */
  #socket: Socket | null = null
  readonly #race: Race
  readonly #backoff = new Backoff(100, 2000)
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Or why the URL can be no gateway's. */
  readonly #address: Address | ClientError
  /** Looks for the reason why the first attempts fail; later the address is known to be right. */
  #diagnosis: AbortController | null = null
  /** What it found. */
  #cause: ClientError | null = null
  #wasUp = false
  #wanted = false
  #freshTokens = 0
  /** Nothing came of the last `session:open` in time. */
  isLate = false
  #auth: { readonly auth?: { readonly token: string } } = {}
  /** How long the last handshake took; a single slow one, as in a storm, says little of the network. */
  #handshakeMs = FIRST_HANDSHAKE_MS
  /** Of this client: never do all clients of a frozen replica act at the same moment. */
  readonly #leisure = 1 + Math.random() / 2
  /** The present wait may be longer because nobody waits for what comes after it. */
  #isPutOff = false
  /** Wait before the next attempt where the gateway named one. */
  #askedWait: number | null = null

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#address = addressOf(options.url)
    this.#race = this.#raceOf(
      MOST,
      (socket) => this.#up(socket),
      (error) => this.#failed(error),
    )
  }

  get connected(): boolean {
    return this.#socket?.connected ?? false
  }

  /** Begins to connect; refused at once where the URL can be no gateway's. */
  open(): void {
    if (this.#wanted) return
    if (this.#address instanceof ClientError) return this.#handlers.refused(this.#address)
    this.#wanted = true
    this.#attempt()
  }

  close(): void {
    this.#wanted = false
    this.#endDiagnosis()
    clearTimeout(this.#timer)
    this.#leave()
  }

  /** Gives this connection up and makes a new one after `waitMs`, or after the backoff's own wait. */
  drop(error: ClientError | null, waitMs: number | null = this.#askedWait): void {
    if (!this.#wanted) return
    this.#askedWait = null
    // When a replica dies, the clients come first whose users see an answer stand still.
    this.#isPutOff = waitMs === null && this.#backoff.count === 0 && !this.#handlers.isAwaited()
    const ms = waitMs ?? this.#backoff.next() + (this.#isPutOff ? Math.random() * CALM_SPREAD_MS : 0)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#attempt(), ms)
    this.#leave()
    this.#handlers.down(error)
  }

  /** Somebody waits from now on: what was put off because nobody did is put off no longer. */
  awaited(): void {
    if (this.#race.isOn) this.#race.rearm()
    else if (this.#isPutOff) this.hurry()
  }

  /** Skips the present wait: the network is back. */
  hurry(): void {
    if (!this.#wanted || this.#socket !== null || this.#race.isOn) return
    clearTimeout(this.#timer)
    this.#attempt()
  }

  /** The connection has proved itself: the next loss starts with the shortest wait again. */
  proved(): void {
    this.#backoff.reset()
    this.#freshTokens = 0
    this.isLate = false
  }

  /**
   * One event and its acknowledgement. Rejects with `ClientError`; without an answer in time the connection is given up, but where
   * it is a history that is late, and anything else has come meanwhile: then the connection is sound, and slow.
   */
  async request<E extends ClientEvent>(name: E, payload: RequestOf<E>, timeoutMs: number): Promise<ReplyOf<E>> {
    // Socket.IO would keep the event and send it, out of order, after the next connect.
    const socket = this.#socket
    if (!socket?.connected) throw new ClientError('disconnected', 'there is no connection')
    if (frameBytes(name, payload) > MAX_FRAME_BYTES) {
      throw new ClientError('too_large', `${name} would exceed a frame of ${MAX_FRAME_BYTES} bytes`)
    }
    let acknowledgement: Acknowledgement<ReplyOf<E>>
    let isAlive = false
    const heard = () => {
      isAlive = true
    }
    socket.onAny(heard)
    try {
      acknowledgement = await socket.timeout(timeoutMs).emitWithAck(name, payload)
    } catch {
      if (this.#socket !== socket)
        throw new ClientError('disconnected', `the connection was lost before ${name} was acknowledged`)
      const error = new ClientError('timeout', `${name} was not acknowledged within ${timeoutMs} ms`)
      if (name !== 'session:history' || !isAlive) this.drop(error)
      throw error
    } finally {
      socket.offAny(heard)
    }
    if (!acknowledgement.ok) throw ClientError.from(acknowledgement.error)
    return acknowledgement
  }

  /**
   * `session:open`. Where neither its acknowledgement nor anything else comes for a while, another connection is made and
   * asked beside this one; the first that opens the session stays. Rejects as `request` does.
   */
  async openSession(payload: OpenRequest, firstTimeoutMs: number): Promise<Opened> {
    // A WebSocket tells nothing of what is on its way: what was silent may have been a long conversation on a slow network.
    const isLate = this.isLate
    const request = isLate ? { ...payload, maxBytes: LATE_MAX_BYTES } : payload
    const timeoutMs = firstTimeoutMs * (isLate ? MOST_PATIENT : this.#patience)
    const rivals = new RivalOpening({
      own: this.#socket,
      patienceMs: isLate ? timeoutMs / 2 : this.#patienceMs, // they would share the network
      authenticate: () => this.#authenticate(),
      raceOf: (won, lost) => this.#raceOf(MOST - 1, won, lost),
      ask: (socket) => socket.timeout(timeoutMs).emitWithAck('session:open', request),
    })
    const asked = this.request('session:open', request, timeoutMs)
    const none = (error: ClientError) => {
      if (error.code === 'timeout') this.isLate = true
      return null
    }
    const rival = await Promise.race([asked.then(() => null, none), rivals.opened])
    if (rival === null) {
      rivals.end()
      return asked
    }
    this.#leave()
    rival.socket.offAny()
    this.#use(rival.socket)
    for (const [name, data] of rival.held) this.#event(name, data)
    return rival.reply
  }

  /** A fresh token while the connection lives. Where there is none, it ends with the old one, and the next attempt asks again. */
  async #renew({ expiresInMs }: GatewayEvents['auth:expiring']): Promise<void> {
    const { token } = this.#options
    if (typeof token !== 'function') return
    try {
      await this.request('auth:renew', { token: await token() }, expiresInMs)
    } catch {
      // told when it matters
    }
  }

  async #attempt(): Promise<void> {
    this.#isPutOff = false
    const limitMs = this.#limitMs
    let silent = 'the token function'
    const late = () => this.drop(new ClientError('timeout', `${silent} does not answer within ${limitMs} ms`))
    this.#timer = setTimeout(late, limitMs)
    const timer = this.#timer
    try {
      await this.#authenticate()
      silent = this.#place
    } catch (error) {
      if (!this.#wanted || this.#timer !== timer) return // closed, or another attempt was begun: this one has nothing to say
      if (error instanceof ClientError && !error.retryable) this.#giveUp(error)
      else this.drop(new ClientError('unauthorized', `there is no token: ${error}`, { retryable: true }))
      return
    }
    if (this.#wanted && this.#timer === timer) this.#race.start()
  }

  /** Fetches the token for the next handshakes. */
  async #authenticate(): Promise<void> {
    const { token } = this.#options
    if (token !== undefined) this.#auth = { auth: { token: typeof token === 'string' ? token : await token() } }
  }

  #raceOf(most: number, won: (socket: Socket) => void, lost: (error: ConnectError) => void): Race {
    const { origin, path } = this.#address instanceof ClientError ? NOWHERE : this.#address
    return new Race({
      most,
      make: () => {
        const options = {
          path,
          ...this.#options.socketOptions,
          ...this.#auth,
          transports: ['websocket'],
          reconnection: false,
          autoConnect: false,
          timeout: this.#limitMs,
        }
        return new Manager(origin, options).socket('/', options)
      },
      patienceMs: () => this.#patienceMs,
      won: (socket, ms) => {
        this.#handshakeMs = Math.min(ms, Math.max(FIRST_HANDSHAKE_MS, 2 * this.#handshakeMs))
        won(socket)
      },
      lost,
    })
  }

  /** For an attempt to connect. */
  get #limitMs(): number {
    return this.#options.connectTimeoutMs * this.#patience
  }

  /** Grows with each try: where thousands wait for a swamped replica, whoever gives up goes to the end of the queue. */
  get #patience(): number {
    return Math.min(Math.max(1, this.#backoff.count), MOST_PATIENT)
  }

  /** With silence, before another connection is tried: longer on a slow network, and where nobody waits. */
  get #patienceMs(): number {
    const times = this.#patience * (this.#handlers.isAwaited() ? 1 : CALM_PATIENCE)
    return times * Math.max(this.#options.rivalMs, 2 * this.#handshakeMs) * this.#leisure
  }

  #use(socket: Socket): void {
    this.#socket = socket
    this.#askedWait = null
    socket.on('disconnect', (reason) => this.drop(this.#lost(`the connection to ${this.#place} was lost (${reason})`)))
    for (const name of GATEWAY_EVENTS) socket.on(name, (data) => this.#event(name, data))
  }

  #leave(): void {
    this.#race.end()
    const socket = this.#socket
    this.#socket = null
    if (socket !== null) discard(socket)
  }

  get #place(): string {
    return this.#address instanceof ClientError ? this.#options.url : this.#address.base
  }

  #lost(why: string): ClientError {
    return new ClientError('disconnected', why)
  }

  #up(socket: Socket): void {
    clearTimeout(this.#timer)
    this.#use(socket)
    this.#wasUp = true
    this.#endDiagnosis()
    this.#handlers.up()
  }

  #failed(error: ConnectError): void {
    const { code, retryable, retryAfterMs } = error.data ?? {}
    if (code === undefined) {
      // What fails below Socket.IO has a type; what the other end's Socket.IO says no to has none.
      const below = error.type !== undefined
      const words = below ? `no connection to ${this.#place}` : `${this.#place} refuses: ${error.message}`
      this.drop(this.#cause ?? this.#lost(words))
      if (below) void this.#diagnose()
      return
    }
    const refusal = ClientError.from({ message: error.message, retryable: false, ...error.data, code })
    const fresh = code === 'unauthorized' && typeof this.#options.token === 'function'
    if (retryable || (fresh && (!this.#auth.auth?.token || this.#freshTokens++ < MAX_FRESH_TOKENS))) {
      this.drop(refusal, retryAfterMs ?? null)
      return
    }
    this.#giveUp(refusal)
  }

  #giveUp(refusal: ClientError): void {
    this.close()
    this.#handlers.refused(refusal)
  }

  async #diagnose(): Promise<void> {
    if (this.#wasUp || this.#diagnosis !== null || this.#address instanceof ClientError) return
    const diagnosis = new AbortController()
    this.#diagnosis = diagnosis
    const timer = setTimeout(() => diagnosis.abort(), this.#options.connectTimeoutMs)
    const cause = await causeOf(this.#address, diagnosis.signal)
    clearTimeout(timer)
    if (cause === null || diagnosis.signal.aborted) return
    this.#cause = this.#lost(cause)
    this.#handlers.found(this.#cause)
  }

  #endDiagnosis(): void {
    this.#diagnosis?.abort()
    this.#diagnosis = null
    this.#cause = null
  }

  #event<E extends GatewayEvent>(name: E, data: GatewayEvents[E]): void {
    if (name === 'draining') this.#askedWait = (data as GatewayEvents['draining']).reconnectInMs
    if (name === 'auth:expiring') void this.#renew(data as GatewayEvents['auth:expiring'])
    this.#handlers.event(name, data)
  }
}

function frameBytes(name: string, payload: unknown): number {
  return new TextEncoder().encode(JSON.stringify([name, payload])).length + FRAME_OVERHEAD_BYTES
}
