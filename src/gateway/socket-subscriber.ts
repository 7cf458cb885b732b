import type { Socket } from 'socket.io'
import type { Caller } from '../conversation/api.ts'
import type { Clock } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'
import type { Subscriber } from '../ports/subscriber.ts'
import type { Activity, Delta, GatewayEvent, GatewayEvents, MessageEvent, SessionSync } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { leading } from '../session/leading.ts'
import { type Emission, SessionView } from '../session/session-view.ts'
import { isCongested, isFull, onceDrained } from './engine-internals.ts'
import { type Frame, frameOf, gatherFrame, writeFrame } from './frame.ts'

/** News that comes while a slow reader is brought up to date; with more, it is read for again. */
const MAX_HELD = 256
const CATCH_UP_RETRY_MS = 500
/** Bytes of a slow reader's `session:sync`, roughly; what does not fit comes after it. */
const MAX_SYNC_BYTES = 32 * 1024

type Update =
  | { readonly event: 'delta'; readonly payload: Delta }
  | { readonly event: 'message'; readonly payload: MessageEvent }

/** How far behind a slow reader is: a position, not a queue. `held` is null until its connection has drained. */
interface Lag {
  view: SessionView
  held: Update[] | null
  overflow: boolean
  /** Above this seq the client is to be given what is stored, whatever it was told (G4); null where it only lacks something. */
  syncAfter: number | null
}

export interface SocketSubscriberDeps {
  readonly clock: Clock
  readonly meter: Meter
  /** Has `take` given the session's messages with `seq` above `after`, the running answer with its text so far; null where it is gone. */
  read(
    caller: Caller,
    sessionId: string,
    after: number,
    take: (messages: readonly Message[] | null) => void,
  ): Promise<void>
  /** Something was written that waits in this process. */
  onUnsent(socket: Socket): void
  /** A bug showed while the socket was to be told something: it is out of step, and has to be let go. */
  onFault(socket: Socket, error: unknown): void
}

/**
 * One socket in one session.
 *
 * Modes: *live*, every event is written as it comes; *behind* (D6), the connection is full: nothing is queued, only the
 * position is kept; *catching up*, the connection has drained: the stored text is read and what is missing is written;
 * *ahead*, the stored text already has some of the news that is still to come: that is skipped, and the first that brings
 * something new makes the socket live again.
 */
export class SocketSubscriber implements Subscriber {
  readonly socket: Socket
  readonly sessionId: string
  readonly #caller: Caller
  readonly #deps: SocketSubscriberDeps
  #lastSeq = 0
  #lastId = ''
  #answering = false
  #lag: Lag | null = null
  #ahead: SessionView | null = null

  constructor(socket: Socket, caller: Caller, sessionId: string, deps: SocketSubscriberDeps) {
    this.socket = socket
    this.#caller = caller
    this.sessionId = sessionId
    this.#deps = deps
  }

  /** Whether an answer runs in the session, as far as is known here. */
  get answering(): boolean {
    return this.#answering
  }

  /** The newest message that the client was given when it opened the session; undefined where there was none. */
  opened(newest: Message | undefined): void {
    this.#note(newest)
  }

  message(payload: MessageEvent): void {
    this.#take({ event: 'message', payload })
    this.#note(payload.message)
  }

  delta(payload: Delta): void {
    this.#take({ event: 'delta', payload })
  }

  /** Dropped where the connection is not up to date: it is told again while it lasts (F7). */
  activity(payload: Activity): void {
    try {
      if (this.#lag === null && !isFull(this.socket.conn)) this.#send(sharedFrame('activity', payload))
    } catch (error) {
      this.#deps.onFault(this.socket, error)
    }
  }

  sync(payload: SessionSync): void {
    this.#lastSeq = payload.after
    this.#answering = false
    this.#note(payload.messages.at(-1))
    this.#ahead = null
    if (this.#lag !== null) {
      this.#lag.syncAfter = Math.min(payload.after, this.#lag.syncAfter ?? payload.after)
      return
    }
    try {
      if (!isCongested(this.socket.conn)) return this.#send(sharedFrame('session:sync', payload))
      this.#lagBehind(SessionView.of(payload.messages), payload.after)
    } catch (error) {
      this.#deps.onFault(this.socket, error)
    }
  }

  /** The gateway tells every socket of the session by itself, on all replicas. */
  ended(): void {}

  #note(message: Message | undefined): void {
    if (message === undefined || message.seq < this.#lastSeq) return
    this.#lastSeq = message.seq
    this.#lastId = message.id
    this.#answering = message.status === 'streaming'
  }

  #take(news: Update): void {
    if (this.#lag !== null) return this.#hold(this.#lag, news)
    try {
      if (this.#ahead !== null) return this.#takeAhead(this.#ahead, news)
      if (isFull(this.socket.conn)) return this.#fallBehind(news)
      const frame = sharedFrame(news.event, news.payload)
      if (news.event === 'delta') this.#send(frame)
      else gatherFrame(this.socket, frame, this.#deps.onUnsent)
    } catch (error) {
      this.#deps.onFault(this.socket, error)
    }
  }

  #takeAhead(view: SessionView, news: Update): void {
    const emissions = emissionsOf(view, news)
    if (emissions === 'gap') {
      this.#lag = { view, held: null, overflow: false, syncAfter: null }
      return void this.#catchUp(this.#lag)
    }
    if (emissions.length > 0) this.#ahead = null
    this.#write(emissions)
  }

  #hold(lag: Lag, news: Update): void {
    if (lag.held === null) return
    if (lag.held.length < MAX_HELD) lag.held.push(news)
    else lag.overflow = true
  }

  #fallBehind(news: Update): void {
    if (news.event === 'message') this.#lagBehind(SessionView.beforeMessage(news.payload.message), null)
    else if (news.payload.messageId === this.#lastId)
      this.#lagBehind(SessionView.beforeDelta(this.#lastSeq, news.payload), null)
    else this.#lagBehind(new SessionView(), 0) // an earlier answer runs as well (G4), and nobody keeps how far each of them was told
  }

  #lagBehind(view: SessionView, syncAfter: number | null): void {
    const lag: Lag = { view, held: null, overflow: false, syncAfter }
    this.#lag = lag
    this.#deps.meter.slowReaders(1)
    this.#catchUpOnceDrained(lag)
  }

  #catchUpOnceDrained(lag: Lag): void {
    lag.held = null
    onceDrained(this.socket.conn, () => void this.#catchUp(lag))
  }

  async #catchUp(lag: Lag): Promise<void> {
    if (!this.socket.connected) return
    lag.held = []
    lag.overflow = false
    const { syncAfter } = lag
    try {
      await this.#deps.read(this.#caller, this.sessionId, syncAfter ?? lag.view.newsAfter, (messages) =>
        this.#caughtUp(lag, syncAfter, messages),
      )
    } catch {
      this.#catchUpLater(lag) // the store is away: its own log says so
    }
  }

  /** The client stays behind until the store is read again. */
  #catchUpLater(lag: Lag): void {
    lag.held = null
    this.#deps.clock.after(CATCH_UP_RETRY_MS, () => void this.#catchUp(lag))
  }

  #caughtUp(lag: Lag, syncAfter: number | null, messages: readonly Message[] | null): void {
    if (!this.socket.connected || this.#lag !== lag) return
    if (lag.syncAfter !== syncAfter) return void this.#catchUp(lag) // what was read may be older than that
    try {
      this.#tellMissed(lag, messages ?? [])
    } catch (error) {
      this.#deps.onFault(this.socket, error)
    }
  }

  /** Tells what the store holds, then what came meanwhile; no more than the connection takes, the rest when it has drained. */
  #tellMissed(lag: Lag, messages: readonly Message[]): void {
    if (lag.syncAfter !== null && isCongested(this.socket.conn)) return this.#catchUpOnceDrained(lag)
    for (const message of lag.syncAfter === null ? messages : this.#sync(lag, lag.syncAfter, messages)) {
      if (isCongested(this.socket.conn)) return this.#catchUpOnceDrained(lag)
      this.#write(lag.view.take([message]))
    }
    if (lag.overflow) return void this.#catchUp(lag)
    for (const news of lag.held ?? []) {
      const emissions = emissionsOf(lag.view, news)
      if (emissions === 'gap') return this.#catchUpLater(lag) // it is newer than what was read
      this.#write(emissions)
    }
    this.#lag = null
    this.#ahead = lag.view
  }

  /** Gives the client what is stored in place of what it was told, and gives what of that is still to be told. */
  #sync(lag: Lag, after: number, messages: readonly Message[]): readonly Message[] {
    const size = leading(messages, MAX_SYNC_BYTES)
    const first = messages.slice(0, size)
    this.#send(frameOf('session:sync', { sessionId: this.sessionId, after, messages: first }))
    lag.view = SessionView.of(first)
    lag.syncAfter = null
    return messages.slice(size)
  }

  #write(emissions: readonly Emission[]): void {
    const { sessionId } = this
    for (const emission of emissions) {
      const { kind, ...rest } = emission
      const payload = { sessionId, ...rest } as GatewayEvents[typeof kind]
      this.#send(frameOf(kind, payload))
    }
  }

  #send(frame: Frame): void {
    if (!writeFrame(this.socket, frame)) this.#deps.onUnsent(this.socket)
  }
}

function emissionsOf(view: SessionView, news: Update): readonly Emission[] | 'gap' {
  return news.event === 'delta' ? view.takeDelta(news.payload) : view.takeMessage(news.payload.message)
}

let sharedPayload: object | null = null
let shared: Frame = { packet: '', bytes: Buffer.alloc(0) }

/** The frame of an event, encoded once for all members: they are given the same object one right after the other. */
function sharedFrame<E extends GatewayEvent>(event: E, payload: GatewayEvents[E]): Frame {
  if (payload !== sharedPayload) {
    shared = frameOf(event, payload)
    sharedPayload = payload
  }
  return shared
}
