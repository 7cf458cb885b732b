import { type Rate, TokenBucket } from '../network/token-bucket.ts'
import { BatonError } from '../protocol/errors.ts'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import {
  answerPing,
  type Conn,
  type ControlListener,
  cutOff,
  hangUp,
  isCongested,
  onControl,
  onceDrained,
} from './engine-internals.ts'
import { ReadingPause, type ReadingPauseDeps } from './reading-pause.ts'

/** Enough for a client that opens 64 sessions and asks something about each of them again and again. */
const PACKETS: Rate = { burst: 2000, perSecond: 500, debt: 200 }
const CHARACTERS: Rate = { burst: 4 * 1024 * 1024, perSecond: 1024 * 1024, debt: 4 * MAX_FRAME_BYTES }

/** Requests of one socket that are under way at the same time, and that are begun in one turn of the event loop. */
const AT_ONCE = 3
/** Those of one socket that are begun within so many milliseconds, and the rest after them: during a long burst cores are free for others. */
const IN_A_ROW = 64
const ROW_MS = 50
const REST_MS = 5
/** Unparsed requests of one socket that wait for their turn; with more, its network connection is not read. */
const MAX_WAITING = 64
const MAX_WAITING_CHARACTERS = 16 * 1024
/** Over polling what two requests carry may wait: nothing can be left unread there. */
const MAX_WAITING_POSTED = 2 * MAX_FRAME_BYTES

const MAX_ATTACHMENTS = 10
/** From the end of a connection to the end of its descriptor: time for what was written, and for the other end to close. */
const LAST_WORDS_MS = 2000

/** Socket.IO's packets, by the digit that they begin with. */
const CONNECT = '0'
const DISCONNECT = '1'
const EVENT = '2'
const BINARY_EVENT = '5'
const ACK = '3'
/** Of an event whose acknowledgement has a longer number than is exact: Socket.IO would answer another, or what is no packet. */
const INEXACT_ID = /^2(?:\/[^,]*,)?\d{16}/

type Listener = (...args: unknown[]) => void

/** What a connection is ended for in here. */
export type Offence = 'rate_limited' | 'malformed' | 'connected already' | 'internal'

export interface IntakeDeps extends ReadingPauseDeps {
  /** A bug in here was caught. */
  readonly onCaught: (error: unknown) => void
  /** A request was refused in Socket.IO's stead, with an answer. */
  readonly onRefused: (error: BatonError) => void
  /** It was hung up on. */
  readonly onHungUp: (offence: Offence) => void
}

/**
 * What a client sends, before Socket.IO parses it. Beyond its allowance a client is refused, then hung up on (X6): by the
 * first characters of a packet, which costs far less than parsing. The rest waits, unparsed and in the end unread, while
 * as many requests are under way as may be, or replies wait to be read; and after each few of them it is everybody else's
 * turn, so that a burst costs nobody else the time that it takes. What Baton has no use for never reaches the parser:
 * a second CONNECT, and binary, whose placeholders would be looked for all through the payload.
 */
export class Intake implements ControlListener {
  readonly #conn: Conn
  readonly #deps: IntakeDeps
  /** Socket.IO's own, whose place this takes. */
  readonly #listeners: readonly Listener[]
  readonly #packets: TokenBucket
  readonly #characters: TokenBucket
  readonly #waiting: string[] = []
  #waitingCharacters = 0
  #underWay = 0
  #inARow = 0
  #rowSince = 0
  #resting = false
  #pause: ReadingPause | null = null
  #draining = false
  #scheduled = false
  #connects = 0
  #attachments = 0
  #open = true

  /** Puts itself before Socket.IO, which listens already. */
  constructor(conn: Conn, deps: IntakeDeps) {
    this.#conn = conn
    this.#deps = deps
    this.#packets = new TokenBucket(PACKETS, deps.clock)
    this.#characters = new TokenBucket(CHARACTERS, deps.clock)
    this.#listeners = takeListeners(conn, 'data')
    const closeListeners = takeListeners(conn, 'close') // a third one would make room for twenty
    conn.on('data', (data: string | Buffer = '') => this.#guarded(() => this.#take(data)))
    conn.on('close', (...reason: unknown[]) => {
      for (const listener of closeListeners) listener(...reason)
      this.#closed()
    })
    onControl(conn, this)
  }

  #pass(data: string): void {
    for (const listener of this.#listeners) listener(data)
  }

  #closed(): void {
    this.#open = false
    this.#waiting.length = 0
    this.#pause?.cancel()
    this.#deps.clock.after(LAST_WORDS_MS, () => cutOff(this.#conn))
  }

  /** The client sent something beside messages; a ping, where it carries what is to be sent back. */
  control(ping: Buffer | null): void {
    this.#guarded(() => this.#control(ping))
  }

  /** A request that was passed on has been answered. */
  done(): void {
    this.#underWay--
    if (this.#waiting.length > 0 || this.#pause !== null) this.#nextTurn()
  }

  /** A bug in here costs this connection. */
  #guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#deps.onCaught(error)
      this.#hangUp('internal')
    }
  }

  #take(data: string | Buffer): void {
    const waitMs = this.#count(data.length)
    if (waitMs === null) return
    if (typeof data !== 'string') return this.#attachment()
    if (waitMs > 0) return this.#refuse(data, waitMs)
    switch (data[0]) {
      case CONNECT:
        return this.#connect(data)
      case EVENT:
        return this.#request(data)
      case BINARY_EVENT:
        return this.#binary(data)
      case ACK:
        return // Baton asks for none
      case DISCONNECT:
        return this.#pass(data)
      default:
        return this.#hangUp('malformed')
    }
  }

  /** The milliseconds to wait for what takes so many characters; null where nothing more is taken of this client. */
  #count(characters: number): number | null {
    if (!this.#open) return null
    const waitMs = Math.max(this.#packets.take(1) ?? 0, this.#characters.take(characters) ?? 0)
    if (waitMs !== Number.POSITIVE_INFINITY) return waitMs
    this.#hangUp('rate_limited')
    return null
  }

  /** A ping need not be answered where a later one will be (RFC 6455, 5.5.3): none is while replies wait to be read. */
  #control(ping: Buffer | null): void {
    if (this.#count(ping?.length ?? 0) !== 0 || ping === null || isCongested(this.#conn)) return
    answerPing(this.#conn, ping)
    this.#deps.onWritten(this.#conn)
  }

  /** One per connection: Socket.IO would make a socket of each that comes before the first is let in. */
  #connect(data: string): void {
    const isOtherNamespace = data[1] === '/' && data.length > 2 && data[2] !== ','
    if (!isOtherNamespace && ++this.#connects > 1) return this.#hangUp('connected already')
    this.#pass(data) // another namespace is refused there
  }

  #request(data: string): void {
    if (INEXACT_ID.test(data)) return this.#hangUp('malformed')
    this.#waiting.push(data)
    this.#waitingCharacters += data.length
    if (this.#waiting.length > MAX_WAITING || this.#waitingCharacters > MAX_WAITING_CHARACTERS) this.#stopReading()
    if (!this.#scheduled) this.#next()
  }

  #begin(data: string): void {
    this.#underWay++
    this.#pass(data)
  }

  #nextTurn(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#deps.clock.soon(() => {
      this.#scheduled = false
      this.#guarded(() => this.#next())
    })
  }

  /** Begins what may be under way. What of it is over at once makes room in the next turn. */
  #next(): void {
    while (this.#open && this.#waiting.length > 0) {
      if (this.#underWay >= AT_ONCE || this.#resting) return
      if (isCongested(this.#conn)) return this.#awaitDrain()
      if (!this.#mayGoOn()) return this.#rest()
      const data = this.#waiting.shift() ?? ''
      this.#waitingCharacters -= data.length
      this.#begin(data)
    }
    if (this.#open) this.#readOn()
  }

  #mayGoOn(): boolean {
    const now = this.#deps.clock.now()
    if (now - this.#rowSince > ROW_MS) {
      this.#rowSince = now
      this.#inARow = 0
    }
    return this.#inARow++ < IN_A_ROW
  }

  #rest(): void {
    this.#resting = true
    this.#deps.clock.after(REST_MS, () => {
      this.#resting = false
      this.#inARow = 0
      this.#guarded(() => this.#next())
    })
  }

  #awaitDrain(): void {
    if (this.#draining) return
    this.#draining = true
    onceDrained(this.#conn, () => {
      this.#draining = false
      this.#guarded(() => this.#next())
    })
  }

  #stopReading(): void {
    this.#pause ??= ReadingPause.begin(this.#conn, this.#deps, (work) => this.#guarded(work))
    if (this.#pause === null && this.#waitingCharacters > MAX_WAITING_POSTED) this.#hangUp('rate_limited')
  }

  #readOn(): void {
    this.#pause?.end()
    this.#pause = null
  }

  #binary(data: string): void {
    this.#attachments += Number(/^5(\d+)-/.exec(data)?.[1] ?? Number.NaN)
    if (!(this.#attachments <= MAX_ATTACHMENTS)) return this.#hangUp('malformed')
    this.#acknowledge(data.replace(/^5\d+-/, EVENT), new BatonError('invalid', 'payload: must be JSON, not binary'))
  }

  #attachment(): void {
    if (--this.#attachments < 0) this.#hangUp('malformed')
  }

  #refuse(data: string, waitMs: number): void {
    const retryAfterMs = Math.ceil(waitMs)
    this.#acknowledge(data, new BatonError('rate_limited', 'too many requests on one socket', { retryAfterMs }))
  }

  /** Answers an event in Socket.IO's stead, where it asks for an answer. */
  #acknowledge(data: string, error: BatonError): void {
    if (INEXACT_ID.test(data)) return this.#hangUp('malformed')
    const id = /^2(?:\/,)?(\d{1,15})\[/.exec(data)?.[1]
    if (id === undefined) return
    this.#conn.write(`${ACK}${id}[${JSON.stringify({ ok: false, error: error.body })}]`)
    this.#deps.onWritten(this.#conn)
    this.#deps.onRefused(error)
  }

  #hangUp(offence: Offence): void {
    if (!this.#open) return
    this.#open = false
    hangUp(this.#conn, offence)
    this.#deps.onHungUp(offence)
  }
}

function takeListeners(conn: Conn, event: 'data' | 'close'): readonly Listener[] {
  const listeners = conn.listeners(event) as Listener[]
  conn.removeAllListeners(event)
  return listeners
}
