import type { Delta, MessageEvent } from '../../../src/protocol/events.ts'
import { now } from '../lib/clock.ts'
import { type Answer, isTextOf, promptFor, TOKEN_LENGTH } from '../workload.ts'
import { NchanWire } from './nchan-wire.ts'
import { SocketIoWire } from './socketio-wire.ts'
import type { Faults, Received } from './tally.ts'
import { DELTA, Refused, type Speech, type Wire } from './wire.ts'

/**
 * One person with one session, who asks for one answer after another. Checks each delta against the expected text and the
 * rule of offsets (D2), and notes when each token came.
 */
export class StreamClient {
  readonly #stream: number
  readonly #received: Received
  readonly #faults: Faults
  readonly #wire: Wire
  #answer = Promise.withResolvers<void>()
  #sessionId = ''
  #length = 0
  #expected = 0
  /** When each token of the answer was whole, on the shared clock; 0 while it is not. */
  receivedAt = new Float64Array(0)

  /** When the first text of each answer came, in the order in which they were asked for. */
  readonly firstAt: number[] = []

  constructor(url: string, speech: Speech, stream: number, received: Received, faults: Faults) {
    this.#stream = stream
    this.#received = received
    this.#faults = faults
    const listener = {
      delta: (frame: Buffer) => this.#delta(frame),
      message: (event: MessageEvent) => this.#message(event),
      broken: (reason: string) => this.#break(reason),
    }
    this.#wire = speech === 'nchan' ? new NchanWire(url, listener) : new SocketIoWire(url, listener)
    this.#answer.resolve()
  }

  get sessionId(): string {
    return this.#sessionId
  }

  /** Connects and opens a session of its own. */
  async open(): Promise<void> {
    const { session } = await this.#wire.open()
    this.#sessionId = session.id
  }

  /** Sends the message that asks for an answer; resolves when it is acknowledged. */
  async send(answer: Omit<Answer, 'stream'>): Promise<void> {
    this.#answer = Promise.withResolvers<void>()
    this.#answer.promise.catch(() => {})
    this.receivedAt = new Float64Array(answer.tokens)
    this.#length = 0
    this.#expected = answer.tokens * TOKEN_LENGTH
    try {
      await this.#wire.send(this.#sessionId, promptFor({ ...answer, stream: this.#stream }))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.#expected = 0
      this.#answer.resolve()
      throw error
    }
  }

  /** Resolves when the final message of the answer that was asked for last has come. */
  get finished(): Promise<void> {
    return this.#answer.promise
  }

  /** Text of the answer that was asked for and has not come. */
  get missing(): number {
    return this.#expected - this.#length
  }

  close(): void {
    this.#wire.close()
  }

  #delta(frame: Buffer): void {
    const at = now()
    const { attempt, offset, text }: Delta = JSON.parse(frame.toString('utf8', DELTA.length, frame.length - 1))
    if (attempt !== 1) this.#faults.errors++
    if (offset < this.#length) this.#faults.doubled += this.#length - offset
    if (offset > this.#length) this.#faults.lost += offset - this.#length
    if (!isTextOf(this.#stream, offset, text)) this.#faults.wrong += text.length
    this.#received.deltas++
    this.#received.bytes += frame.length
    this.#received.units += text.length
    if (this.#length === 0) this.firstAt.push(at)
    const end = Math.max(this.#length, offset + text.length)
    this.receivedAt.fill(at, Math.floor(this.#length / TOKEN_LENGTH), Math.floor(end / TOKEN_LENGTH))
    this.#length = end
  }

  #message({ message }: MessageEvent): void {
    if (message.role !== 'assistant' || message.status === 'streaming') return
    // The bare relay keeps no text, so its last message has none.
    const { content } = message as { content?: string }
    const isWhole =
      message.status === 'complete' &&
      this.missing === 0 &&
      (content === undefined || (content.length === this.#length && isTextOf(this.#stream, 0, content)))
    if (!isWhole) this.#faults.unfinished++
    this.#received.answers++
    this.#answer.resolve()
  }

  #break(reason: string): void {
    this.#faults.errors++
    this.#answer.reject(new Error(`client ${this.#stream}: ${reason}`))
  }
}
