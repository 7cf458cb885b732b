import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server, type Socket } from 'socket.io'
import type { Authenticator, Identity } from '../access/authenticate.ts'
import type { Settings } from '../config/settings.ts'
import type { Caller, ConversationApi } from '../conversation/api.ts'
import { type Backlog, LARGE_BYTES, type Outlet } from '../network/backlog.ts'
import { ClientAsker, type LargeReplies } from '../network/large-replies.ts'
import { givenRequestId } from '../network/request-id.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Meter } from '../ports/meter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { SessionSockets } from '../ports/session-sockets.ts'
import { BatonError, type ErrorCode, toBatonError } from '../protocol/errors.ts'
import type { EndReason } from '../protocol/events.ts'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import type { Backend } from '../protocol/message.ts'
import { type AdapterClients, shardedAdapter } from './cluster-adapter.ts'
import { compact } from './compact.ts'
import { Connection, roomOf } from './connection.ts'
import { Credentials, type CredentialsDeps } from './credentials.ts'
import { Departures } from './departures.ts'
import {
  type Callback,
  type Conn,
  ConnOutlet,
  hangUp,
  isCallback,
  isPolled,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  tellAckIds,
  unsentBytes,
} from './engine-internals.ts'
import { Entrance } from './entrance.ts'
import { writeReply } from './frame.ts'
import { Intake, type IntakeDeps } from './intake.ts'
import { Polls } from './polls.ts'
import { acknowledge, charactersIn, isLarge } from './requests.ts'
import type { SocketSubscriberDeps } from './socket-subscriber.ts'
import { TurnTakingServer } from './turn-taking-server.ts'

type Next = (error?: Error) => void

/** What a CONNECT that is refused counts as, by the code that its client is told; any other as `internal`. */
const CONNECT_REFUSALS: Partial<Record<ErrorCode, 'unauthorized' | 'keys'>> = {
  unauthorized: 'unauthorized',
  overloaded: 'keys',
}

export interface GatewayDeps {
  readonly settings: Settings
  readonly authenticator: Authenticator
  readonly connectLimiter: RateLimiter
  readonly backlog: Backlog
  /** In which replies are made that may be large. */
  readonly largeReplies: LargeReplies
  /** Null where there are no other replicas. */
  readonly adapterClients: AdapterClients | null
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
}

/** The Socket.IO side of the gateway: connect, authenticate, decode, call, acknowledge. */
export class Gateway implements SessionSockets {
  readonly #deps: GatewayDeps
  readonly #io: Server
  readonly #path: string
  readonly #connections = new Map<string, Connection>()
  readonly #intakes = new WeakMap<Conn, Intake>()
  /** Of those for which something waited. */
  readonly #outlets = new WeakMap<Conn, Outlet>()
  readonly #entrance: Entrance
  readonly #departures: Departures
  /** One of each for all connections: what each would have for itself is a tenth of what an idle one weighs (docs/performance.md). */
  readonly #forIntakes: IntakeDeps
  readonly #forCredentials: CredentialsDeps
  /** What every socket was told last; null before there was anything to tell. */
  #backend: Backend | null = null
  #draining = false

  constructor(deps: GatewayDeps) {
    this.#deps = deps
    this.#path = `${deps.settings.BASE_PATH}/socket.io/`
    this.#forIntakes = this.#intakeDeps()
    this.#forCredentials = this.#credentialsDeps()
    this.#entrance = new Entrance({
      ...deps,
      isDraining: () => this.#draining,
      onCaught: (error) => this.#caught(error, {}),
    })
    this.#departures = new Departures({ ...deps, maxAgeSeconds: deps.settings.SOCKET_MAX_AGE })
    this.#io = this.#createIo()
  }

  #intakeDeps(): IntakeDeps {
    const { clock, meter } = this.#deps
    return {
      clock,
      beatMs: PING_TIMEOUT_MS - 1000,
      onCaught: (error) => this.#caught(error, {}),
      onRefused: ({ code }) => meter.errors(1, { code }),
      onHungUp: (offence) => {
        meter.socketsClosed(1, { reason: offence === 'connected already' ? 'malformed' : offence })
      },
      onWritten: (conn) => this.#written(conn),
    }
  }

  #credentialsDeps(): CredentialsDeps {
    const { clock, authenticator, meter } = this.#deps
    return {
      clock,
      authenticator,
      expiring: (socket, notice) => socket.emit('auth:expiring', notice),
      expired: (socket) => {
        meter.socketsClosed(1, { reason: 'expired' })
        socket.conn.close(true) // else it would go on until what waits for it is read, which a client can put off for long
      },
    }
  }

  #createIo(): Server {
    const { settings, adapterClients } = this.#deps
    return new Server({
      path: this.#path,
      transports: settings.POLLING ? ['polling', 'websocket'] : ['websocket'],
      maxHttpBufferSize: MAX_FRAME_BYTES,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      connectTimeout: 5_000,
      wsEngine: TurnTakingServer,
      perMessageDeflate: false, // costs eight times a token's whole price
      httpCompression: false,
      serveClient: false,
      cors: { origin: settings.ALLOWED_ORIGINS.includes('*') ? '*' : [...settings.ALLOWED_ORIGINS] },
      allowRequest: (request, done) => void this.#entrance.admit(request, done),
      ...(adapterClients === null ? {} : { adapter: shardedAdapter(adapterClients) }),
    })
  }

  /** Whether the request leaves HTTP: a WebSocket under Socket.IO's path does, and nothing else (X7). */
  isUpgrade({ headers, url }: IncomingMessage): boolean {
    return headers.upgrade?.toLowerCase() === 'websocket' && url?.startsWith(this.#path) === true
  }

  /** Starts to serve on `http`, which asks `isUpgrade`. */
  attach(http: HttpServer, api: ConversationApi): void {
    // Node takes its own listener off at the upgrade, and Engine.IO has none before the request is let in: a reset then
    // would be an error that nobody listens for.
    http.prependListener('upgrade', (request, socket) => {
      socket.on('error', destroyItself)
      if (!this.isUpgrade(request)) socket.destroy() // Node below 24.9 asks nobody
    })
    this.#io.attach(http)
    this.#io.engine.use((request: IncomingMessage, _response: unknown, next: Next) =>
      next(this.#entrance.objectionTo(request)),
    )
    if (this.#deps.settings.POLLING) this.#boundPolls()
    this.#io.engine.on('connection', (conn: Conn) => this.#receive(conn))
    this.#io.use((socket, next) => void this.#authenticate(socket).then(next))
    const subscriberDeps: SocketSubscriberDeps = {
      clock: this.#deps.clock,
      meter: this.#deps.meter,
      read: (caller, sessionId, after, take) =>
        this.#deps.largeReplies.run(
          new ClientAsker(caller.clientAddress),
          () => readMessages(api, caller, sessionId, after),
          (messages) => {
            take(messages)
            return charactersIn({ messages: messages ?? [] })
          },
        ),
      onUnsent: ({ conn }) => this.#note(conn, 0),
      onFault: (socket, error) => this.#fault(socket, error),
    }
    this.#io.on('connection', (socket) => {
      try {
        this.#serve(socket, api, subscriberDeps)
      } catch (error) {
        this.#fault(socket, error)
      }
    })
    this.#io.of('/').adapter.on('leave-room', (room: unknown, socketId: string) => this.#left(room, socketId))
  }

  get connections(): number {
    return this.#connections.size
  }

  end(sessionId: string, reason: EndReason, scope: 'everywhere' | 'here'): void {
    const room = roomOf(sessionId)
    const target = scope === 'here' ? this.#io.local.to(room) : this.#io.to(room)
    target.emit('session:ended', { sessionId, reason })
    target.socketsLeave(room)
  }

  /** Tells every socket of this replica what keeps its sessions now (G1, G2). */
  tellBackend(backend: Backend): void {
    this.#backend = backend
    this.#io.local.emit('backend', { backend })
  }

  /** A `session:open` says where the session was read: all may have been told of another backend before that was written. */
  #correct(socket: Socket, reply: object): void {
    if (!('backend' in reply) || this.#backend === null || reply.backend === this.#backend) return
    socket.emit('backend', { backend: this.#backend })
  }

  /** Sends every socket away in jittered batches within `withinMs`, so that the other replicas are not run over (F5). */
  async drain(withinMs: number): Promise<void> {
    this.#draining = true
    await this.#departures.drain(this.#sockets, withinMs)
  }

  /** Closes every connection. The HTTP server is its owner's to close. */
  async close(): Promise<void> {
    // No `disconnectSockets`: who is told to leave by Socket.IO does not come back by itself (F5).
    for (const socket of this.#sockets) this.#departures.sendAway(socket, 'drain')
    this.#io.engine.close()
    await this.#io.of('/').adapter.close()
  }

  get #sockets(): readonly Socket[] {
    return [...this.#io.of('/').sockets.values()]
  }

  async #authenticate(socket: Socket): Promise<Error | undefined> {
    try {
      const { token } = socket.handshake.auth
      socket.data = await this.#deps.authenticator.authenticate(typeof token === 'string' ? token : undefined)
      return undefined
    } catch (thrown) {
      const error = toBatonError(thrown)
      this.#report(error, 'connect', socket)
      this.#deps.meter.connectsRefused(1, { reason: CONNECT_REFUSALS[error.code] ?? 'internal' })
      return Object.assign(new Error(error.message), { data: error.body })
    }
  }

  #serve(socket: Socket, api: ConversationApi, subscriberDeps: SocketSubscriberDeps): void {
    const { meter, log } = this.#deps
    const identity: Identity = socket.data
    const clientAddress = this.#entrance.networkOf(socket.request)
    const reqId = givenRequestId(socket.request)
    compact(socket)
    const credentials = new Credentials(socket, identity, this.#forCredentials)
    const connection = new Connection(socket, clientAddress, credentials, api, subscriberDeps)
    this.#connections.set(socket.id, connection)
    meter.connections(1)
    log.debug({ socket: socket.id, reqId }, 'connected')
    tellAckIds(socket)
    socket.onAny((event: string, ...args: unknown[]) => void this.#handle(socket, connection, api, event, args))
    const retirement = this.#departures.retireInTime(socket, () => connection.answering)
    socket.on('disconnect', (reason) => {
      retirement.cancel()
      this.#connections.delete(socket.id)
      connection.close()
      meter.connections(-1)
      log.debug({ socket: socket.id, reason }, 'disconnected')
      socket.conn.close() // without its namespace it would stay for nothing
    })
    if (this.#draining) this.#departures.sendAway(socket, 'drain') // it was let in just before
  }

  #boundPolls(): void {
    const polls = new Polls(this.#deps.backlog)
    this.#io.engine.use((request: IncomingMessage, response: ServerResponse, next: Next) =>
      this.isUpgrade(request) ? next() : polls.take(request, response, next),
    )
    this.#io.engine.on('drain', (conn: Conn) => polls.written(conn))
  }

  /** A connection is there, and Socket.IO listens to it. */
  #receive(conn: Conn): void {
    this.#intakes.set(conn, new Intake(conn, this.#forIntakes))
    if (isPolled(conn)) conn.on('packetCreate', () => this.#note(conn, 0)) // whoever writes it: it may wait for the next poll
  }

  /** Never rejects. */
  async #handle(socket: Socket, connection: Connection, api: ConversationApi, event: string, args: unknown[]) {
    const last = args.at(-1)
    const callback = isCallback(last) ? last : null
    const perform = async () => {
      if (!socket.connected) return null // it may have left while this waited for its turn
      return acknowledge(connection, api, event, args[0], (error) => this.#report(error, event, socket))
    }
    const answer = (reply: object | null) => {
      if (reply === null) return 0
      const size = callback === null ? charactersIn(reply) : this.#answer(socket, event, reply, callback)
      if (event === 'session:open') this.#correct(socket, reply)
      return size
    }
    const atOnce = async () => answer(await perform()) // in a call of its own: see `LargeReplies`
    try {
      if (isLarge(event)) await this.#inTurn(connection, perform, answer)
      else {
        const bytes = await atOnce()
        // A long answer, stopped or asked for again. A stop waits for nothing (D7): the turn is taken afterwards, and what comes next waits for it.
        const turn = async () => bytes
        if (bytes > LARGE_BYTES) await this.#inTurn(connection, turn, (taken) => taken)
      }
    } catch (error) {
      this.#fault(socket, error)
    } finally {
      this.#intakes.get(socket.conn)?.done()
    }
  }

  #inTurn<T>(connection: Connection, read: () => Promise<T>, write: (what: T) => number): Promise<void> {
    return connection.alone(() => this.#deps.largeReplies.run(connection.asker, read, write))
  }

  /** Gives the bytes of what was written. */
  #answer(socket: Socket, event: string, reply: object, callback: Callback): number {
    try {
      if (callback.ackId !== undefined) return writeReply(socket, callback.ackId, reply, this.#onUnsentReply)
      callback(reply)
    } catch (error) {
      // What was stored cannot be written, such as what is nested too deeply for JSON.stringify.
      this.#caught(error, { socket: socket.id, event })
      callback({ ok: false, error: toBatonError(error).body })
      this.#written(socket.conn)
    }
    return 0
  }

  readonly #onUnsentReply = ({ conn }: Socket): void => this.#written(conn)

  #written(conn: Conn): void {
    const unsent = unsentBytes(conn)
    if (unsent > 0) this.#note(conn, unsent)
  }

  #note(conn: Conn, bytes: number): void {
    const outlet = this.#outlets.get(conn) ?? new ConnOutlet(conn)
    this.#outlets.set(conn, outlet)
    this.#deps.backlog.note(outlet, bytes)
  }

  /** A bug, which costs the socket that it shows at, and nobody else. */
  #fault(socket: Socket, error: unknown): void {
    this.#caught(error, { socket: socket.id })
    this.#deps.meter.socketsClosed(1, { reason: 'internal' })
    hangUp(socket.conn, 'internal')
  }

  #caught(err: unknown, where: { socket?: string; event?: string }): void {
    this.#deps.meter.caught(1, { door: 'socket' })
    this.#deps.log.error({ err, ...where }, 'caught at a socket')
  }

  #report(error: BatonError, event: string, socket: Socket): void {
    const { meter, log } = this.#deps
    meter.errors(1, { code: error.code })
    if (error.code === 'internal') log.error({ err: error.cause, event, socket: socket.id }, 'request failed')
    else log.debug({ code: error.code, text: error.message, event, socket: socket.id }, 'request refused')
  }

  /** Another replica may have put a socket into a room of any name, or none (X6). */
  #left(room: unknown, socketId: string): void {
    const prefix = roomOf('')
    if (typeof room === 'string' && room.startsWith(prefix))
      this.#connections.get(socketId)?.left(room.slice(prefix.length))
  }
}

function destroyItself(this: Duplex): void {
  this.destroy()
}

/** Null where the session is gone. */
async function readMessages(api: ConversationApi, caller: Caller, sessionId: string, after: number) {
  try {
    return (await api.look(caller, sessionId, after)).messages
  } catch (error) {
    if (error instanceof BatonError && error.code === 'session_not_found') return null
    throw error
  }
}
