import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Acknowledgement, Delta, MessageEvent, Opened, Sent } from '../../../src/protocol/events.ts'
import { now } from '../lib/clock.ts'
import { type Answer, isTextOf, promptFor, TOKEN_LENGTH } from '../workload.ts'
import type { Faults, Received } from './tally.ts'

const DELTA = '42["delta",'
const PING = '2'
const PONG = '3'

/**
 * One person with one session, speaking Socket.IO's protocol by hand (src/protocol/SPEC.md): an event costs a parse and a
 * comparison. Checks each delta against the expected text and the rule of offsets (D2), and notes when each token came.
 */
export class StreamClient {
  readonly #stream: number
  readonly #received: Received
  readonly #faults: Faults
  readonly #socket: WebSocket
  readonly #acknowledged: PromiseWithResolvers<unknown>[] = []
  readonly #connected = Promise.withResolvers<void>()
  readonly #finished = Promise.withResolvers<void>()
  #sessionId = ''
  #length = 0
  #closing = false
  /** When each token was whole, on the shared clock; 0 while it is not. */
  receivedAt = new Float64Array(0)

  constructor(url: string, stream: number, received: Received, faults: Faults) {
    this.#stream = stream
    this.#received = received
    this.#faults = faults
    this.#socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    })
    this.#socket.on('message', (data: Buffer) => this.#take(data))
    this.#socket.on('error', (error) => this.#break(error.message))
    this.#socket.on('close', (code) => this.#break(`closed with ${code}`))
    this.#finished.promise.catch(() => {})
  }

  /** Connects and opens a session of its own. */
  async open(): Promise<void> {
    await this.#connected.promise
    const opened = await this.#request<Opened>('session:open', {})
    this.#sessionId = opened.session.id
  }

  /** Sends the message that asks for an answer; resolves when it is acknowledged. */
  async send(answer: Omit<Answer, 'stream'>): Promise<void> {
    this.receivedAt = new Float64Array(answer.tokens)
    const content = promptFor({ ...answer, stream: this.#stream })
    await this.#request<Sent>('message:send', { sessionId: this.#sessionId, id: randomUUID(), content })
  }

  /** Resolves when the answer's final message has come. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  /** Text that has come. */
  get length(): number {
    return this.#length
  }

  close(): void {
    this.#closing = true
    this.#socket.terminate()
  }

  async #request<Reply>(event: string, payload: object): Promise<Reply> {
    const answer = Promise.withResolvers<unknown>()
    const id = this.#acknowledged.push(answer) - 1
    this.#socket.send(`42${id}${JSON.stringify([event, payload])}`)
    const reply = (await answer.promise) as Acknowledgement<Reply>
    if (!reply.ok) throw new Error(`${event} was refused: ${reply.error.code}: ${reply.error.message}`)
    return reply
  }

  #take(frame: Buffer): void {
    if (frame.toString('latin1', 0, DELTA.length) === DELTA) {
      this.#received.deltas++
      this.#received.bytes += frame.length
      this.#delta(JSON.parse(frame.toString('utf8', DELTA.length, frame.length - 1)))
      return
    }
    const packet = frame.toString()
    if (packet === PING) this.#socket.send(PONG)
    else if (packet.startsWith('0')) this.#socket.send('40')
    else if (packet.startsWith('40')) this.#connected.resolve()
    else if (packet.startsWith('43')) this.#acknowledge(packet)
    else if (packet.startsWith('42["message",')) this.#message(JSON.parse(packet.slice(2))[1])
    else this.#break(`was sent ${packet.slice(0, 100)}`)
  }

  #acknowledge(packet: string): void {
    const start = packet.indexOf('[')
    const [reply] = JSON.parse(packet.slice(start))
    this.#acknowledged[Number(packet.slice(2, start))]?.resolve(reply)
  }

  #delta({ attempt, offset, text }: Delta): void {
    const at = now()
    if (attempt !== 1) this.#faults.errors++
    if (offset < this.#length) this.#faults.doubled += this.#length - offset
    if (offset > this.#length) this.#faults.lost += offset - this.#length
    if (!isTextOf(this.#stream, offset, text)) this.#faults.wrong += text.length
    this.#received.units += text.length
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
      this.#length === this.receivedAt.length * TOKEN_LENGTH &&
      (content === undefined || (content.length === this.#length && isTextOf(this.#stream, 0, content)))
    if (!isWhole) this.#faults.unfinished++
    this.#finished.resolve()
  }

  #break(reason: string): void {
    if (this.#closing) return
    this.#closing = true
    this.#faults.errors++
    const error = new Error(`client ${this.#stream}: ${reason}`)
    for (const waiting of [this.#connected, ...this.#acknowledged]) waiting.reject(error)
    this.#finished.reject(error)
  }
}
