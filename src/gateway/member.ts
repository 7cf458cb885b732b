import type { Socket } from 'socket.io'
import type { Clock } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'
import type { SessionListener } from '../ports/session-listener.ts'
import type { Activity, Delta, GatewayEvent, GatewayEvents, MessageEvent } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { type Emission, SessionView } from '../session/session-view.ts'
import { type Frame, frameOf, queuedPackets, writeFrame } from './frame.ts'

/** What may wait for one socket before it counts as reading too slowly (D6). */
const MAX_QUEUED_PACKETS = 64
const MAX_QUEUED_BYTES = 256 * 1024
/** News that comes while a slow reader is brought up to date; with more, it is read for again. */
const MAX_HELD = 256
const RETRY_MS = 500

type News =
  | { readonly event: 'delta'; readonly payload: Delta }
  | { readonly event: 'message'; readonly payload: MessageEvent }

/** How far behind a slow reader is: a position, not a queue. `held` is null until its connection has drained. */
interface Lag {
  readonly view: SessionView
  held: News[] | null
  overflow: boolean
}

export interface MemberDeps {
  readonly clock: Clock
  readonly meter: Meter
  /** The session's messages with `seq` above `after`, the running answer with its text so far; null where it is gone. */
  read(sessionId: string, after: number): Promise<readonly Message[] | null>
}

/**
 * One socket in one session.
 *
 * Modes: *live*, every event is written as it comes; *behind* (D6), the connection is full: nothing is queued, only the
 * position is kept; *catching up*, the connection has drained: the stored text is read and what is missing is written;
 * *ahead*, the store knew more than the news has told so far: what of the news was written already is left out, and with
 * the first that was not the socket is live again.
 */
export class Member implements SessionListener {
  readonly socket: Socket
  readonly sessionId: string
  readonly #deps: MemberDeps
  #lastSeq = 0
  #queuedBytes = 0
  #lag: Lag | null = null
  #ahead: SessionView | null = null

  constructor(socket: Socket, sessionId: string, deps: MemberDeps) {
    this.socket = socket
    this.sessionId = sessionId
    this.#deps = deps
  }

  /** The newest message that the client was given when it opened the session. */
  opened(lastSeq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq)
  }

  message(payload: MessageEvent): void {
    this.#take({ event: 'message', payload })
    this.#lastSeq = Math.max(this.#lastSeq, payload.message.seq)
  }

  delta(payload: Delta): void {
    this.#take({ event: 'delta', payload })
  }

  /** Dropped where the connection is not up to date: it is told again while it lasts (F7). */
  activity(payload: Activity): void {
    if (this.#lag !== null) return
    const frame = sharedFrame('activity', payload)
    if (!this.#isFull(frame)) writeFrame(this.socket, frame)
  }

  /** The gateway tells every socket of the session by itself, on all replicas. */
  ended(): void {}

  #take(news: News): void {
    if (this.#lag !== null) return this.#hold(this.#lag, news)
    if (this.#ahead !== null) return this.#takeAhead(this.#ahead, news)
    const frame = sharedFrame(news.event, news.payload)
    if (this.#isFull(frame)) return this.#fallBehind(news)
    writeFrame(this.socket, frame)
  }

  #takeAhead(view: SessionView, news: News): void {
    const emissions = emissionsOf(view, news)
    if (emissions === 'gap') {
      this.#lag = { view, held: null, overflow: false }
      return void this.#catchUp(this.#lag)
    }
    if (emissions.length > 0) this.#ahead = null
    this.#write(emissions)
  }

  #isFull(frame: Frame): boolean {
    const queued = queuedPackets(this.socket)
    this.#queuedBytes = queued === 0 ? 0 : this.#queuedBytes + frame.bytes.length
    return queued >= MAX_QUEUED_PACKETS || this.#queuedBytes > MAX_QUEUED_BYTES
  }

  #hold(lag: Lag, news: News): void {
    if (lag.held === null) return
    if (lag.held.length < MAX_HELD) lag.held.push(news)
    else lag.overflow = true
  }

  #fallBehind(news: News): void {
    const view =
      news.event === 'delta'
        ? SessionView.beforeDelta(this.#lastSeq, news.payload)
        : SessionView.beforeMessage(news.payload.message)
    const lag: Lag = { view, held: null, overflow: false }
    this.#lag = lag
    this.#deps.meter.slowReader()
    this.socket.conn.once('drain', () => void this.#catchUp(lag))
  }

  async #catchUp(lag: Lag): Promise<void> {
    lag.held = []
    lag.overflow = false
    try {
      const messages = await this.#deps.read(this.sessionId, lag.view.newsAfter)
      if (!this.socket.connected || this.#lag !== lag) return
      if (messages !== null) this.#write(lag.view.take(messages))
      for (const news of lag.held) {
        const emissions = emissionsOf(lag.view, news)
        if (emissions !== 'gap') this.#write(emissions)
      }
    } catch {
      // The store is away: its own log says so. The client stays behind until it can be read again.
      lag.held = null
      this.#deps.clock.after(RETRY_MS, () => void this.#catchUp(lag))
      return
    }
    if (lag.overflow) return this.#catchUp(lag)
    this.#queuedBytes = 0
    this.#lag = null
    this.#ahead = lag.view
  }

  #write(emissions: readonly Emission[]): void {
    const { sessionId } = this
    for (const emission of emissions) {
      const { kind, ...rest } = emission
      const payload = { sessionId, ...rest } as GatewayEvents[typeof kind]
      writeFrame(this.socket, frameOf(kind, payload))
    }
  }
}

function emissionsOf(view: SessionView, news: News): readonly Emission[] | 'gap' {
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
