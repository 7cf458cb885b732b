import * as talk from '../../src/client/conversation-state.ts'
import type { ConversationApi } from '../../src/conversation/api.ts'
import { BatonError } from '../../src/protocol/errors.ts'
import type { Message } from '../../src/protocol/message.ts'
import { type News, TextChecker } from '../support/text-checker.ts'
import { Line, LineLost, type LineUser } from './line.ts'
import type { Ask, ClientPlan } from './plan.ts'
import type { Random } from './random.ts'
import type { Replica } from './replica.ts'
import { questionOf } from './script.ts'
import type { World } from './world.ts'

const OPEN_MS = 500
const ACK_MS = 1500
/** An expected answer that is silent for so long may be that of a frozen replica: the session is opened again. */
const SILENCE_MS = 400

/** A user with the client library's rules (D3, M2): keeps its session open, sends until it is acknowledged, waits for the end. */
export class Client implements LineUser {
  readonly name: string
  /** It has asked all its questions and seen all its answers end. */
  isDone = false
  readonly #world: World
  readonly #plan: ClientPlan
  readonly #random: Random
  #talk = talk.EMPTY
  #line: Line | null = null
  #isOpen = false
  #isAway = false
  #acknowledgedBy: Replica | null = null
  #checker = new TextChecker()
  #early: News[] | null = null
  #heardAt = 0
  #watches = false
  #waiting: { readonly isTrue: () => boolean; readonly resolve: () => void }[] = []

  constructor(world: World, number: number, plan: ClientPlan) {
    this.#world = world
    this.#plan = plan
    this.#random = world.random.fork()
    this.name = `client ${number}`
  }

  get messages(): readonly Message[] {
    return this.#talk.messages
  }

  async live(): Promise<void> {
    await this.#world.scheduler.pause(this.#plan.startAt)
    void this.#connect()
    for (const ask of this.#plan.asks) await this.#ask(ask)
    await this.#until(() => this.#isOpen && talk.streamingAnswer(this.#talk) === undefined)
    this.isDone = true
  }

  /** The connection breaks; the client makes another. */
  cut(): void {
    this.#line?.break()
  }

  /** Loads the page anew. */
  lookAgain(): void {
    if (this.#line !== null && this.#isOpen) void this.#reopen(this.#line, undefined)
  }

  async #ask(ask: Ask): Promise<void> {
    const { scheduler, history } = this.#world
    const id = this.#random.uuid()
    const content = questionOf(id, ask)
    const sent = await this.#insist((api, sessionId) =>
      api.send({ user: null, address: '' }, { sessionId, id, content }),
    )
    if (sent === null) return
    const sessionId = this.#talk.sessionId ?? ''
    history.acknowledged(sessionId, sent)
    if (!sent.persisted && this.#acknowledgedBy !== null)
      this.#world.provisional.push({ sessionId, messageId: id, by: this.#acknowledgedBy })
    this.#take(talk.acknowledged(this.#talk, [sent.message, sent.answer], sent.persisted))
    const { hopAfterMs, stopAfterMs, awayAfterMs } = ask
    if (awayAfterMs !== null) scheduler.after(awayAfterMs, () => this.#leave(), null)
    if (hopAfterMs !== null) scheduler.after(hopAfterMs, () => this.#line?.end(), null)
    if (stopAfterMs !== null) await this.#stop(sent.answer.id, stopAfterMs)
    await this.#ended(sent.answer.id, 1)
    if (ask.regenerate) await this.#regenerate(sent.answer.id)
  }

  #leave(): void {
    this.#world.trace?.note(this.name, 'leaves')
    this.#isAway = true
    this.#line?.end()
  }

  async #stop(messageId: string, afterMs: number): Promise<void> {
    await this.#world.scheduler.pause(afterMs)
    const { history } = this.#world
    const stopped = await this.#insist((api, sessionId) => {
      history.stopAsked.add(messageId)
      return api.stop({ user: null, address: '' }, { sessionId, messageId })
    })
    if (stopped?.status === 'streaming') history.violated('D7', 'an answer was stopped and streams on', stopped)
  }

  async #regenerate(messageId: string): Promise<void> {
    const caller = { user: null, address: '' }
    const answer = await this.#insist((api, sessionId) => api.regenerate(caller, { sessionId, messageId }))
    if (answer !== null) await this.#ended(messageId, answer.attempt)
  }

  /** Resolves once the client was told of the final status of that attempt, or a later one. */
  #ended(messageId: string, attempt: number): Promise<void> {
    const by = this.#acknowledgedBy
    return this.#until(() => {
      const message = this.#talk.messages.find(({ id }) => id === messageId)
      if (message !== undefined && message.attempt >= attempt && message.status !== 'streaming') return true
      return by !== null && this.#isLost(by, messageId, attempt)
    })
  }

  /**
   * It was acknowledged by a replica that was alone (`persisted: false`), and that has died since, or has written back what it
   * held and found that something else stands (G4).
   */
  #isLost(by: Replica, messageId: string, attempt: number): boolean {
    const known = this.#world.history.answer(this.#talk.sessionId ?? '', messageId)
    return by.wasAlone && (by.life.state === 'dead' || by.isDurable) && (known?.attempt ?? 0) < attempt
  }

  /** Calls until the gateway acknowledges, over any number of connections; null where it refuses for good. */
  async #insist<T>(call: (api: ConversationApi, sessionId: string) => Promise<T>): Promise<T | null> {
    for (;;) {
      await this.#until(() => this.#isOpen)
      try {
        const sessionId = this.#talk.sessionId ?? ''
        const line = this.#line
        if (line === null) continue
        const reply = await line.request((api) => call(api, sessionId), ACK_MS)
        this.#acknowledgedBy = line.replica
        return reply
      } catch (error) {
        if (error instanceof LineLost) continue
        if (!this.#isRefusal(error)) return null
        await this.#world.scheduler.pause(error.retryAfterMs ?? 100)
      }
    }
  }

  /** Whether it may be tried again. Of what the gateway refuses for good, only what another client can have caused is right. */
  #isRefusal(error: unknown): error is BatonError {
    const { history, trace } = this.#world
    if (!(error instanceof BatonError)) {
      history.violated('X1', 'the gateway has failed', error)
      return false
    }
    trace?.note(this.name, `is refused: ${error.code}`)
    if (error.retryable) return true
    const mayBeLost = history.wasAlone && error.code === 'message_not_found'
    if (error.code !== 'invalid' && !mayBeLost) history.violated('X1', `a right request was refused: ${error.message}`)
    return false
  }

  async #connect(): Promise<void> {
    const { scheduler } = this.#world
    while (this.#line === null) {
      const replica = this.#random.pick(this.#world.accepting)
      const isFirst = this.#world.sessionIds[this.#plan.session] === undefined
      if (this.#isAway) await this.#comeBack()
      else if (replica === undefined || (isFirst && !this.#mayBegin)) await scheduler.pause(20)
      else await this.#open(new Line(this.#world, replica, this))
    }
  }

  /** It does not look until nothing is to be waited for any more. */
  async #comeBack(): Promise<void> {
    const { scheduler, history } = this.#world
    await scheduler.pause(50)
    this.#isAway = history.session(this.#talk.sessionId ?? '').running !== null
  }

  /** The first client of a session begins it, the others wait for its id. */
  get #mayBegin(): boolean {
    return this.#world.plan.clients.find((one) => one.session === this.#plan.session) === this.#plan
  }

  async #open(line: Line): Promise<void> {
    this.#world.trace?.note(this.name, `connects to ${line.replica.address}`)
    this.#line = line
    this.#checker = new TextChecker()
    this.#checker.opened(this.#talk.messages, [])
    await this.#reopen(line, this.#resumeAfter)
  }

  /** Opens the session on a connection, for the first time or again. */
  async #reopen(line: Line, after: number | undefined): Promise<void> {
    if (this.#early !== null) return
    this.#talk = talk.startOpening(this.#talk)
    this.#early = []
    const { sessionIds, scheduler, history } = this.#world
    const sessionId = sessionIds[this.#plan.session]
    this.#heardAt = scheduler.now
    try {
      const { session, resumed, messages, backend } = await line.open({ sessionId, after }, OPEN_MS)
      if (line !== this.#line) return
      if (sessionId === undefined && backend === 'memory') return line.end() // nobody else would know it
      if (sessionId !== undefined && !resumed) history.violated('S1', 'the session is gone', sessionId)
      sessionIds[this.#plan.session] ??= session.id
      this.#checker.opened(messages, this.#early ?? [])
      this.#early = null
      this.#isOpen = true
      this.#world.trace?.note(this.name, 'has opened', messages)
      this.#take(talk.opened(this.#talk, { sessionId: session.id, messages, durable: backend === 'redis' }))
    } catch (error) {
      if (line !== this.#line) return // another one is being opened by now
      this.#early = null
      this.#talk = talk.openFailed(this.#talk)
      if (!(error instanceof LineLost)) this.#isRefusal(error)
      line.end() // another replica may be able to
    }
  }

  heard(line: Line, news: News): void {
    if (line !== this.#line) return
    this.#world.trace?.note(this.name, `← ${news.event}`, news.payload)
    this.#heardAt = this.#world.scheduler.now
    if (this.#early !== null) this.#early.push(news)
    else this.#checker.take(news)
    const { event: name, payload: data } = news
    this.#take(talk.received(this.#talk, { name, data } as talk.SessionEvent))
  }

  lost(line: Line): void {
    if (line !== this.#line) return
    this.#world.trace?.note(this.name, 'has lost its connection')
    this.#line = null
    this.#isOpen = false
    this.#early = null
    // What was provisional may be gone with the replica: the page is loaded anew.
    this.#talk = this.#world.history.wasAlone ? talk.EMPTY : talk.openFailed(this.#talk)
    void this.#connect()
  }

  #take(next: talk.Conversation): void {
    const { history } = this.#world
    const before = this.#talk.messages.at(-1)
    const now = before && next.messages.find(({ id }) => id === before.id)
    if (before !== undefined && (now === undefined || !goesOn(before, now)))
      history.violatedUnlessAlone('F3', `${this.name} was shown what is not there any more`, { before, now })
    for (const complaint of this.#checker.violations) history.violatedUnlessAlone('D2', `${this.name}: ${complaint}`)
    if (next.gap && this.#line?.isUp) history.violatedUnlessAlone('D2', `${this.name} sees a gap`, next.messages.at(-1))
    this.#talk = next
    this.#watchSilence()
    this.reconsider()
  }

  /** Something has changed that it may be waiting for. */
  reconsider(): void {
    const due = this.#waiting.filter(({ isTrue }) => isTrue())
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting))
    for (const { resolve } of due) resolve()
  }

  #until(isTrue: () => boolean): Promise<void> {
    return isTrue() ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ isTrue, resolve }))
  }

  get #resumeAfter(): number | undefined {
    return this.#talk.sessionId === null ? undefined : talk.resumeAfter(this.#talk)
  }

  #probe(): void {
    if (this.#line !== null && this.#isOpen) void this.#reopen(this.#line, this.#resumeAfter)
  }

  #watchSilence(): void {
    if (this.#watches || talk.streamingAnswer(this.#talk) === undefined) return
    this.#watches = true
    const { scheduler } = this.#world
    scheduler.at(
      this.#heardAt + SILENCE_MS,
      () => {
        this.#watches = false
        if (this.#heardAt + SILENCE_MS <= scheduler.now) this.#probe()
        this.#heardAt = Math.max(this.#heardAt, scheduler.now - SILENCE_MS / 2)
        this.#watchSilence()
      },
      null,
    )
  }
}

/** Whether a text that was shown is still there, or was emptied for another attempt. */
function goesOn(before: Message, now: Message): boolean {
  if (now.attempt !== before.attempt) return now.attempt > before.attempt
  return now.content.startsWith(before.content)
}
