import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff } from '../../../src/client/backoff.ts'
import type { Delta, MessageEvent } from '../../../src/protocol/events.ts'
import type { Backend, Message } from '../../../src/protocol/message.ts'
import { now } from '../lib/clock.ts'
import { CROWD_STREAMS, isTextOf, promptFor, TOKEN_LENGTH } from '../workload.ts'
import { SocketIoWire } from './socketio-wire.ts'
import type { Ask } from './streams.ts'
import type { Faults } from './tally.ts'
import { DELTA, Refused } from './wire.ts'

/** As the SDK waits before it connects again, in milliseconds. */
const BACKOFF = [100, 2000] as const
/** Longest addition to the first wait of one that waits for no answer. */
const CALM_SPREAD_MS = 500
/** Between two tries of a question that was not acknowledged, and for all of them, in milliseconds. */
const ASK_AGAIN_MS = 500
const ASKING_MS = 120_000
/** For coming back, in milliseconds: as the SDK waits for a reply. */
const OPENING_MS = 10_000
/** Losses that are told one by one. */
const MAX_LOSSES = 20
/** Members share so many addresses of the loopback. */
const ADDRESSES = 8

/** What a crowd has seen together. */
export interface CrowdTally {
  units: number
  /** Of those that keep asking: answers that came whole. */
  answers: number
  readonly faults: Faults
  /** How long each took to come back after it lost its connection: until its session was open again, in milliseconds. */
  readonly returns: number[]
  /** Silence that each running answer had around the loss, in milliseconds. */
  readonly silences: number[]
  /** Questions that were refused and asked again, by code. */
  readonly refused: Record<string, number>
  /** How often a member was told that its replica has lost Redis. */
  outages: number
  /** UTF-16 units that were shown since such an outage, and that Redis does not hold (G4). */
  takenBack: number
  /** How text was lost, the first few times. */
  readonly losses: string[]
}

/** One of many with a session open. Comes back by itself, to its refuges in turn, when its connection breaks, by the rule of D3. */
export class CrowdMember {
  readonly #stream: number
  readonly #tally: CrowdTally
  readonly #refuges: readonly string[]
  #wire: SocketIoWire
  #sessionId: string | undefined
  #length = 0
  #expected = 0
  #lastTextAt = 0
  #isBack = true
  /** What was shown of the answer may not be in Redis: an outage was told (D1). */
  #isProvisional = false
  #backend: Backend = 'redis'
  #questionId = ''
  /** The answer that ended last: what comes of it still, late, is not of the next one. */
  #endedId = ''
  #isAway = false
  #returning: Promise<void> = Promise.resolve()
  #ended = Promise.withResolvers<void>()

  constructor(url: string, refuges: readonly string[], place: number, tally: CrowdTally) {
    this.#stream = CROWD_STREAMS + place
    this.#tally = tally
    this.#refuges = refuges
    this.#wire = this.#wireTo(url)
  }

  get sessionId(): string | undefined {
    return this.#sessionId
  }

  /** Connects and opens nothing. */
  connect(): Promise<void> {
    return this.#wire.connect()
  }

  /** Opens a session of its own, or another's. */
  async open(sessionId?: string): Promise<void> {
    const { session, backend } = await this.#wire.open(sessionId)
    this.#sessionId = session.id
    this.#told(backend)
  }

  /** Asks and resolves once it is acknowledged. */
  async ask(ask: Ask): Promise<void> {
    this.#begin(ask)
    try {
      await this.#send(ask)
    } catch (error) {
      this.#expected = 0
      this.#ended.resolve()
      throw error
    }
  }

  /** Asks for one answer after another until `isOver`, whatever becomes of the connection meanwhile. */
  async converse(ask: Ask, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.#begin(ask)
      await this.#sendSurely(ask)
      await this.ended
      if (this.missing > 0) this.#lose(this.missing, 'the answer ended without')
      else this.#tally.answers++
    }
  }

  #begin(ask: Ask): void {
    this.#questionId = randomUUID()
    this.#length = 0
    this.#expected = ask.tokens * TOKEN_LENGTH
    this.#lastTextAt = now()
    this.#isProvisional = this.#backend === 'memory'
    this.#ended = Promise.withResolvers<void>()
  }

  #send(ask: Ask): Promise<void> {
    return this.#wire.send(this.#sessionId ?? '', promptFor({ ...ask, stream: this.#stream }), this.#questionId)
  }

  /** What was not acknowledged is sent again under its id (M2). */
  async #sendSurely(ask: Ask): Promise<void> {
    for (const startedAt = now(); ; ) {
      try {
        return await this.#send(ask)
      } catch (error) {
        if (now() - startedAt > ASKING_MS) throw error
        if (error instanceof Refused) this.#tally.refused[error.code] = (this.#tally.refused[error.code] ?? 0) + 1
        await sleep(ASK_AGAIN_MS)
        await this.#returning
      }
    }
  }

  /** It has asked, and has not got its answer. */
  get isWaiting(): boolean {
    return this.missing > 0
  }

  /** Its connection broke, and it is not back. */
  get isAway(): boolean {
    return this.#isAway
  }

  /** The answer that was asked for last has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  get missing(): number {
    return this.#expected - this.#length
  }

  pause(): void {
    this.#wire.pause()
  }

  leave(): void {
    this.#wire.close()
  }

  #wireTo(url: string): SocketIoWire {
    return new SocketIoWire(
      url,
      {
        delta: (frame) => this.#delta(frame),
        message: ({ message }: MessageEvent) => this.#message(message),
        backend: (backend) => this.#told(backend),
        sync: ({ messages }) => this.#show(messages, 'redis'),
        broken: () => this.#lost(),
      },
      this.#address,
    )
  }

  get #address(): string {
    return `127.0.0.${1 + (this.#stream % ADDRESSES)}`
  }

  #lost(): void {
    this.#isAway = true
    this.#returning = this.#comeBack()
  }

  #delta(frame: Buffer): void {
    const { messageId, offset, text }: Delta = JSON.parse(frame.toString('utf8', DELTA.length, frame.length - 1))
    this.#tally.units += text.length
    if (messageId === this.#endedId) return
    if (this.#expected === 0) return // watches the answer of another
    this.#noteText()
    if (offset > this.#length) this.#lose(offset - this.#length, `a delta at ${offset} came without`)
    if (!isTextOf(this.#stream, offset, text)) this.#tally.faults.wrong += text.length
    this.#length = Math.max(this.#length, offset + text.length)
  }

  #message({ id, role, status, content }: MessageEvent['message']): void {
    if (role !== 'assistant' || status === 'streaming' || id === this.#endedId) return
    if (this.#expected > 0) this.#take(content)
    this.#end(id, status)
  }

  #end(id: string, status: Message['status']): void {
    if (status !== 'complete') this.#tally.faults.unfinished++
    this.#endedId = id
    this.#ended.resolve()
  }

  #noteText(): void {
    if (!this.#isBack) this.#tally.silences.push(now() - this.#lastTextAt)
    this.#isBack = true
    this.#lastTextAt = now()
  }

  #told(backend: Backend): void {
    if (backend === 'memory') {
      this.#tally.outages++
      this.#isProvisional = true
    }
    this.#backend = backend
  }

  #lose(units: number, how: string): void {
    this.#tally.faults.lost += units
    if (this.#tally.losses.length < MAX_LOSSES)
      this.#tally.losses.push(`${new Date().toISOString()} ${how} ${units}: ${this.toString()}`)
  }

  toString(): string {
    return `session ${this.#sessionId}, question ${this.#questionId}, ${this.#length} of ${this.#expected}, at ${this.#wire.url}`
  }

  /** A snapshot: where it is Redis's it replaces what is held, where it is a replica's memory it adds to that (D3). */
  #show(messages: readonly Message[], from: Backend): void {
    const asked = messages.findIndex(({ id }) => id === this.#questionId)
    const answer = asked < 0 ? undefined : messages.slice(asked).find(({ role }) => role === 'assistant')
    if (answer?.id === this.#endedId) return
    if (from === 'redis' || answer !== undefined) this.#take(answer?.content ?? '', from)
    if (answer !== undefined && answer.status !== 'streaming') this.#end(answer.id, answer.status)
  }

  /** Text that is held must still be there, and be the same. */
  #take(content: string, from: Backend = 'redis'): void {
    if (content.length > this.#length) this.#noteText()
    if (!isTextOf(this.#stream, 0, content)) this.#tally.faults.wrong += content.length
    if (content.length < this.#length && from === 'redis') {
      const missing = this.#length - content.length
      if (this.#isProvisional) this.#tally.takenBack += missing
      else this.#lose(missing, `a snapshot of ${content.length} lacked`)
      this.#length = content.length
    }
    this.#length = Math.max(this.#length, content.length)
  }

  async #comeBack(): Promise<void> {
    if (this.#refuges.length === 0) {
      this.#tally.faults.errors++
      return
    }
    const lostAt = now()
    const backoff = new Backoff(...BACKOFF)
    this.#isBack = this.missing === 0
    if (!this.isWaiting) await sleep(Math.random() * CALM_SPREAD_MS)
    for (let tries = 0; ; tries++) {
      await sleep(backoff.next())
      const refuge = this.#refuges[(this.#stream + tries) % this.#refuges.length] ?? ''
      if (await this.#reopen(refuge)) break
    }
    this.#isAway = false
    this.#tally.returns.push(now() - lostAt)
  }

  async #reopen(url: string): Promise<boolean> {
    this.#wire.close()
    // A further break belongs to this attempt; what comes before the snapshot is held until it is there.
    const broken = Promise.withResolvers<never>()
    broken.promise.catch(() => {})
    let held: Buffer[] | null = []
    let isOpen = false
    this.#wire = new SocketIoWire(
      url,
      {
        delta: (frame) => (held === null ? this.#delta(frame) : held.push(frame)),
        message: ({ message }) => this.#message(message),
        backend: (backend) => this.#told(backend),
        sync: ({ messages }) => this.#show(messages, 'redis'),
        broken: (reason) => (isOpen ? this.#lost() : broken.reject(new Error(reason))),
      },
      this.#address,
    )
    try {
      if (this.#sessionId === undefined) {
        await Promise.race([this.#wire.connect(), broken.promise, late(OPENING_MS)])
        isOpen = true
        return true
      }
      const opening = this.#wire.open(this.#sessionId)
      const { resumed, messages, backend } = await Promise.race([opening, broken.promise, late(OPENING_MS)])
      if (!resumed) this.#tally.faults.errors++
      this.#told(backend)
      this.#show(messages, backend)
      for (const frame of held) this.#delta(frame)
      held = null
      isOpen = true
      return true
    } catch {
      return false
    }
  }
}

/** Rejects after that time, unless nobody waits for it any more. */
async function late(ms: number): Promise<never> {
  await sleep(ms, undefined, { ref: false })
  throw new Error(`took longer than ${ms} ms`)
}
