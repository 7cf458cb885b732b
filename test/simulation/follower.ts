import * as talk from '../../src/client/conversation-state.ts'
import type { Sent } from '../../src/protocol/events.ts'
import type { Backend, Message } from '../../src/protocol/message.ts'
import { type News, TextChecker } from '../support/text-checker.ts'
import { Line, LineLost, type LineUser } from './line.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

const OPEN_MS = 500
/** An expected answer that is silent for so long may be that of a frozen replica: the session is opened again. */
const SILENCE_MS = 400

/**
 * A page that keeps one session open over any number of connections, with the client library's own state and rules (D3).
 * Each connection is checked more strictly than a client needs it: on a live one nothing comes twice and nothing is missing.
 */
export class Follower implements LineUser {
  readonly #world: World
  /** The session, as clients share it. */
  readonly #session: number
  readonly #name: string
  readonly #random: Random
  #talk = talk.EMPTY
  #line: Line | null = null
  #isOpen = false
  #isAway = false
  #isStale = false
  #checker = new TextChecker()
  /** What came before the acknowledgement of a running open; null where none runs. */
  #early: News[] | null = null
  #heardAt = 0
  #watches = false
  #waiting: { readonly isTrue: () => boolean; readonly resolve: () => void }[] = []

  constructor(world: World, session: number, name: string) {
    this.#world = world
    this.#session = session
    this.#name = name
    this.#random = world.random.fork()
  }

  get messages(): readonly Message[] {
    return this.#talk.messages
  }

  /** Empty until the session has begun. */
  get sessionId(): string {
    return this.#world.sessionIds[this.#session] ?? ''
  }

  /** The connection on which the session is open. */
  get line(): Line | null {
    return this.#isOpen ? this.#line : null
  }

  get isStreaming(): boolean {
    return talk.streamingAnswer(this.#talk) !== undefined
  }

  async connect(): Promise<void> {
    const { scheduler, accepting } = this.#world
    while (this.#line === null) {
      const replica = this.#random.pick(accepting())
      if (this.#isAway) await this.#comeBack()
      else if (replica === undefined || (this.sessionId === '' && !this.#mayBegin)) await scheduler.pause(20)
      else await this.#open(new Line(this.#world, replica, this))
    }
  }

  /** The connection breaks; the page makes another. */
  cut(): void {
    this.#line?.break()
  }

  /** It moves to another connection. */
  hop(): void {
    this.#line?.end()
  }

  /** It goes, to come back once nothing is to be waited for any more. */
  leave(): void {
    this.#world.trace?.note(this.#name, 'leaves')
    this.#isAway = true
    this.#line?.end()
  }

  /** Loads everything anew; where an open runs, which may have been answered already, after that. */
  reload(): void {
    if (this.line === null || this.#early !== null) this.#isStale = true
    else void this.#reopen(this.line, undefined)
  }

  acknowledged(sessionId: string, { message, answer, persisted }: Sent): void {
    const next = talk.acknowledged(this.#talk, { sessionId, messages: [message, answer], persisted })
    this.#take({ ...next, gap: false })
    // It was told to this client first: what other replicas stored before it is not shown yet.
    if (next.gap && this.line !== null) void this.#reopen(this.line, this.#resumeAfter)
  }

  until(isTrue: () => boolean): Promise<void> {
    return isTrue() ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ isTrue, resolve }))
  }

  /** Something has changed that somebody may be waiting for. */
  reconsider(): void {
    const due = this.#waiting.filter(({ isTrue }) => isTrue())
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting))
    for (const { resolve } of due) resolve()
  }

  heard(line: Line, news: News): void {
    if (line !== this.#line) return
    this.#world.trace?.note(this.#name, `← ${news.event}`, news.payload)
    this.#heardAt = this.#world.scheduler.now
    if (this.#early !== null) this.#early.push(news)
    else this.#checker.take(news)
    const { event: name, payload: data } = news
    this.#take(talk.received(this.#talk, { name, data } as talk.SessionEvent))
  }

  warned(line: Line, backend: Backend): void {
    if (line === this.#line) this.#take(talk.received(this.#talk, { name: 'backend', data: { backend } }))
  }

  lost(line: Line): void {
    if (line !== this.#line) return
    this.#world.trace?.note(this.#name, 'has lost its connection')
    this.#line = null
    this.#isOpen = false
    this.#early = null
    this.#talk = talk.openFailed(this.#talk)
    void this.connect()
  }

  async #comeBack(): Promise<void> {
    const { scheduler, history } = this.#world
    await scheduler.pause(50)
    this.#isAway = history.session(this.sessionId).running !== null
  }

  /** The first client of a session begins it, the others wait for its id. */
  get #mayBegin(): boolean {
    const { plan, clients } = this.#world
    return clients[plan.clients.findIndex((client) => client.session === this.#session)]?.page === this
  }

  async #open(line: Line): Promise<void> {
    this.#world.trace?.note(this.#name, `connects to ${line.replica.address}`)
    this.#line = line
    this.#checker = new TextChecker()
    this.#checker.opened(this.#world.sessionIds[this.#session] ?? '', this.#talk.messages, [])
    await this.#reopen(line, this.#resumeAfter)
  }

  /** Opens the session on a connection, for the first time or again. */
  async #reopen(line: Line, after: number | undefined): Promise<void> {
    if (this.#early !== null) return
    this.#talk = talk.startOpening(this.#talk, after)
    this.#early = []
    const { sessionIds, scheduler, history, trace } = this.#world
    const sessionId = sessionIds[this.#session]
    this.#heardAt = scheduler.now
    try {
      const { session, resumed, messages, backend, after: from } = await line.open({ sessionId, after }, OPEN_MS)
      if (line !== this.#line) return
      if (sessionId === undefined && backend === 'memory') return line.end() // nobody else would know it
      if (sessionId !== undefined && !resumed) history.violated('S1', 'the session is gone', sessionId)
      sessionIds[this.#session] ??= session.id
      trace?.note(this.#name, 'has opened', messages)
      this.#checker.opened(session.id, messages, this.#early ?? [])
      this.#early = null
      this.#isOpen = true
      this.#take(
        talk.opened(this.#talk, { sessionId: session.id, messages, durable: backend === 'redis', after: from }),
      )
      if (!this.#isStale) return
      this.#isStale = false
      this.reload()
    } catch (error) {
      if (line !== this.#line) return // another one is being opened by now
      this.#early = null
      this.#talk = talk.openFailed(this.#talk)
      if (!(error instanceof LineLost)) history.refused(this.#name, error)
      line.end() // another replica may be able to
    }
  }

  #take(next: talk.Conversation): void {
    const { history } = this.#world
    const before = this.#talk.messages.at(-1)
    const now = before && next.messages.find(({ id }) => id === before.id)
    if (before !== undefined && (now === undefined || !goesOn(before, now)))
      history.violatedUnlessAlone('F3', `${this.#name} was shown what is not there any more`, { before, now })
    for (const complaint of this.#checker.violations) history.violatedUnlessAlone('D2', `${this.#name}: ${complaint}`)
    if (next.gap && this.#line?.isUp)
      history.violatedUnlessAlone('D2', `${this.#name} sees a gap`, next.messages.at(-1))
    this.#talk = next
    this.#watchSilence()
    this.reconsider()
  }

  get #resumeAfter(): number | undefined {
    return this.#talk.sessionId === null ? undefined : talk.resumeAfter(this.#talk)
  }

  #watchSilence(): void {
    if (this.#watches || !this.isStreaming) return
    this.#watches = true
    const { scheduler } = this.#world
    const probe = (): void => {
      this.#watches = false
      if (this.#heardAt + SILENCE_MS <= scheduler.now && this.line !== null)
        void this.#reopen(this.line, this.#resumeAfter)
      this.#heardAt = Math.max(this.#heardAt, scheduler.now - SILENCE_MS / 2)
      this.#watchSilence()
    }
    scheduler.at(this.#heardAt + SILENCE_MS, probe, null)
  }
}

/** Whether a text that was shown is still there, or was emptied for another attempt. */
function goesOn(before: Message, now: Message): boolean {
  if (now.attempt !== before.attempt) return now.attempt > before.attempt
  return now.content.startsWith(before.content)
}
