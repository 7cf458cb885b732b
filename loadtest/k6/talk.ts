import { clearTimeout, setTimeout } from 'k6/timers'
import type { Delta, MessageEvent } from '../../src/protocol/events.ts'
import type { Message } from '../../src/protocol/message.ts'
import * as figures from './figures.ts'
import { Holdings } from './holdings.ts'
import { pause } from './pause.ts'
import { between, isExact } from './setting.ts'
import { Wire, WireLost } from './wire.ts'

type News =
  | { readonly name: 'delta'; readonly payload: Delta }
  | { readonly name: 'message'; readonly payload: MessageEvent }

/** Silence of an expected answer after which the session is opened again (SPEC.md, section 5). */
const SILENCE_MS = 2000
/** Before another attempt to connect, growing between them and jittered (SPEC.md, section 5). */
const SHORTEST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000
/** After which what is waited for will never come. */
const HOPELESS_MS = 20_000

/** Nothing has come for `HOPELESS_MS`: F4 is broken. */
export class Hung extends Error {
  override readonly name = 'Hung'
}

/**
 * One user's session over any number of connections. Every text that comes is checked: on a connection deltas are
 * contiguous, and what was shown on one is there on the next.
 */
export class Talk {
  sessionId: string | null = null
  /** Of the present connection. */
  replica = ''
  readonly #where: () => string
  readonly #held = new Holdings({
    wrong: () => figures.wrongTexts.add(1),
    lost: (units) => figures.lostCharacters.add(units),
    doubled: (units) => figures.doubledCharacters.add(units),
  })
  readonly #changes = new Set<() => void>()
  #wire: Wire | null = null
  #opening: Promise<void> | null = null
  #early: News[] | null = null
  #lostAt = 0
  #heardAt = 0
  #longestSilence = 0
  /** When the last came of what is being waited for; null where nothing is. */
  #progressAt: number | null = null
  #isOver = false

  /** `where` says where to connect next. */
  constructor(where: () => string) {
    this.#where = where
  }

  /** Resolves once the session is open on a connection. Rejects, as all that follows, with `Hung`. */
  open(): Promise<void> {
    return this.#waitingFor(() => this.#opened())
  }

  #opened(): Promise<void> {
    if (this.#wire?.isUp && this.#early === null) return Promise.resolve()
    this.#opening ??= this.#untilOpen().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  /** Asks and waits for the final message; `expected` is what the model says. `onText` hears of each piece. */
  ask(question: string, expected: string, onText: (length: number) => void = () => {}): Promise<void> {
    return this.#waitingFor(() => this.#askedAndAnswered(question, expected, onText))
  }

  async #askedAndAnswered(question: string, expected: string, onText: (length: number) => void): Promise<void> {
    const askedAt = Date.now()
    const answer = await this.#send(question)
    let length = 0
    const note = (): void => {
      const now = this.#held.get(answer.id)?.content.length ?? 0
      if (length === 0 && now > 0) figures.firstText.add(Date.now() - askedAt)
      if (now > length) onText(now)
      length = now
    }
    this.#changes.add(note)
    const final = await this.#ended(answer.id)
    this.#changes.delete(note)
    figures.answers.add(1)
    if (final.status !== 'complete') figures.errors.add(1)
    if (isExact && final.content !== expected) figures.wrongTexts.add(1)
    const { replicas } = final.metadata
    // With LLM_RESUME=restart the text is of the last replica alone.
    const isTakenOver = (Array.isArray(replicas) && replicas.length > 1) || final.attempt > answer.attempt
    if (!isTakenOver) return
    figures.takeovers.add(1)
    figures.takeoverPause.add(this.#longestSilence)
  }

  /** Goes to another connection at once. */
  hop(): void {
    this.#wire?.close()
    this.#reconnect()
  }

  /** Whether the gateway's history is what was shown. */
  checkHistory(): Promise<void> {
    return this.#waitingFor(() => this.#historyChecked())
  }

  async #historyChecked(): Promise<void> {
    const { sessionId } = this
    if (sessionId === null) return
    const reply = await this.#insist((wire) => wire.ask('session:history', { sessionId, limit: 1000 }))
    if (!reply.ok) return figures.errors.add(1)
    const seen = this.#held.messages.map(outline).join('\n')
    const isContiguous = reply.messages.every(({ seq }, i) => seq === i + 1)
    if (!isContiguous || reply.messages.map(outline).join('\n') !== seen) figures.wrongTexts.add(1)
  }

  close(): void {
    this.#isOver = true
    this.#wire?.close()
    this.#wake()
  }

  async #send(content: string): Promise<Message> {
    const id = crypto.randomUUID()
    for (;;) {
      const reply = await this.#insist((wire) =>
        wire.ask('message:send', { sessionId: this.sessionId ?? '', id, content }),
      )
      if (reply.ok) {
        this.#held.merge(reply.message)
        this.#held.merge(reply.answer)
        this.#heardAt = Date.now()
        this.#longestSilence = 0
        this.#progress()
        return reply.answer
      }
      if (!reply.error.retryable) throw new Error(`a message was refused: ${reply.error.message}`)
      await pause(between(50, 200))
    }
  }

  async #ended(messageId: string): Promise<Message> {
    for (;;) {
      await this.#opened()
      const message = this.#held.get(messageId)
      if (message !== undefined && message.status !== 'streaming') return message
      this.#checkHope()
      await this.#changed(SILENCE_MS)
      if (Date.now() - this.#heardAt >= SILENCE_MS) await this.#reopen()
    }
  }

  /** Asks on this connection or the next, until it is acknowledged. */
  async #insist<T>(ask: (wire: Wire) => Promise<T>): Promise<T> {
    for (;;) {
      await this.#opened()
      this.#checkHope()
      try {
        if (this.#wire !== null) return await ask(this.#wire)
      } catch (error) {
        if (!(error instanceof WireLost)) throw error
      }
    }
  }

  async #untilOpen(): Promise<void> {
    let wait = SHORTEST_WAIT_MS
    while (!this.#isOver && !this.#wire?.isUp) {
      try {
        await this.#connect()
      } catch (error) {
        if (!(error instanceof WireLost)) throw error
        this.#checkHope()
        await pause(between(0, wait))
        wait = Math.min(wait * 2, LONGEST_WAIT_MS)
      }
    }
  }

  async #connect(): Promise<void> {
    const wire = new Wire(
      this.#where(),
      (name, payload) => this.#take(wire, { name, payload } as News),
      () => this.#lost(wire),
    )
    this.#wire = wire
    await wire.connect()
    await this.#openOn(wire)
    if (this.#lostAt > 0) figures.resumed.add(Date.now() - this.#lostAt)
    this.#lostAt = 0
  }

  async #reopen(): Promise<void> {
    const wire = this.#wire
    if (wire === null || this.#opening !== null) return
    await this.#openOn(wire).catch(() => {}) // the connection was given up: the next one is made
    this.#heardAt = Date.now()
  }

  async #openOn(wire: Wire): Promise<void> {
    this.#early = []
    const { sessionId } = this
    const reply = await wire.ask('session:open', sessionId === null ? {} : { sessionId })
    if (!reply.ok) {
      wire.close()
      throw new WireLost(reply.error.message)
    }
    if (sessionId !== null && reply.session.id !== sessionId) figures.wrongTexts.add(1)
    this.sessionId = reply.session.id
    this.replica = reply.replica
    for (const message of reply.messages) this.#held.merge(message)
    const early = this.#early ?? []
    this.#early = null
    for (const { name, payload } of early) {
      if (name === 'message') this.#held.merge(payload.message)
      else this.#held.append(payload, true)
    }
    this.#wake()
  }

  #take(wire: Wire, news: News): void {
    if (wire !== this.#wire || (news.name !== 'delta' && news.name !== 'message')) return
    this.#longestSilence = Math.max(this.#longestSilence, Date.now() - this.#heardAt)
    this.#heardAt = Date.now()
    this.#progress()
    if (this.#early !== null) this.#early.push(news)
    else if (news.name === 'message') this.#held.merge(news.payload.message)
    else this.#held.append(news.payload, false)
    this.#wake()
  }

  #lost(wire: Wire): void {
    if (wire !== this.#wire || this.#isOver || this.#opening !== null) return // else the next attempt is under way
    figures.lostConnections.add(1)
    this.#reconnect()
  }

  #reconnect(): void {
    this.#lostAt = Date.now()
    this.#wire = null
    this.#opened().catch(() => {}) // told to those who wait
    this.#wake()
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#changes.delete(done)
        resolve()
      }
      const timer = setTimeout(done, withinMs)
      this.#changes.add(done)
    })
  }

  #wake(): void {
    for (const change of [...this.#changes]) change()
  }

  async #waitingFor<T>(work: () => Promise<T>): Promise<T> {
    this.#progressAt = Date.now()
    try {
      return await work()
    } finally {
      this.#progressAt = null
    }
  }

  #progress(): void {
    if (this.#progressAt !== null) this.#progressAt = Date.now()
  }

  /** Throws `Hung`. */
  #checkHope(): void {
    if (this.#progressAt !== null && Date.now() - this.#progressAt > HOPELESS_MS)
      throw new Hung(`nothing came for ${HOPELESS_MS} ms`)
  }
}

function outline({ seq, id, role, status, content }: Message): string {
  return `${seq} ${id} ${role} ${status} ${content}`
}
