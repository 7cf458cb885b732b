import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { AppendItem, BeginRequest, FinishRequest, SessionStore, Started } from '../../src/ports/session-store.ts'
import { StoreUnavailable } from '../../src/ports/session-store.ts'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from './conditions.ts'

const SESSIONS_PER_WRITER = 4
const PIECES = 12
const RETRY_MS = 20

/** One session and all that the store has acknowledged of it. */
interface Conversation {
  readonly id: string
  readonly messages: Message[]
  /** Whether the last message was acknowledged as persisted. */
  persisted: boolean | null
  /** Text that was stored of the running answer. */
  text: string
  /** The end of the last answer. */
  ending: FinishRequest | null
}

/** A conversation's next answer, and what it is appended under. */
interface Running {
  readonly talk: Conversation
  readonly request: BeginRequest
  readonly seq: number
  readonly started: Started
}

/**
 * Messages and answers in many sessions, as fast as the store takes them. A refused call is repeated unchanged, as its
 * guarantees allow; what it has acknowledged is compared with what it holds at the end. Only what a failover may lose is
 * made again, as a sender and an owner do: a message that was acknowledged as not persisted, appends, and the end.
 */
export class Traffic {
  readonly talks: Conversation[] = []
  /** Milliseconds that the longest call took, answered or refused. */
  slowestMs = 0
  /** Calls that were refused. */
  refusals = 0
  readonly #store: SessionStore
  readonly #failsOver: boolean
  readonly #loops: Promise<void>[] = []
  #stopping = false

  /** `failsOver`: a master will be lost, and with it what its replicas do not have yet. */
  constructor(store: SessionStore, { failsOver = false } = {}) {
    this.#store = store
    this.#failsOver = failsOver
  }

  /** Begins with `writers` times four sessions; resolves once each has had an answer. */
  async start(writers: number): Promise<void> {
    for (let i = 0; i < writers; i++) {
      const talks = Array.from({ length: SESSIONS_PER_WRITER }, () => ({
        id: randomUUID(),
        messages: [],
        persisted: null,
        text: '',
        ending: null,
      }))
      this.talks.push(...talks)
      this.#loops.push(this.#write(talks))
    }
    await this.progress()
  }

  /** Resolves once every session has had two more messages and answers. */
  async progress(): Promise<void> {
    const before = this.talks.map(({ messages }) => messages.length)
    await Promise.race([
      eventually('every session goes on', () =>
        this.talks.every(({ messages }, i) => messages.length >= (before[i] ?? 0) + 4),
      ),
      Promise.all(this.#loops), // to hear of a loop that failed
    ])
  }

  /** Lets the running answers end. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#loops)
  }

  /** What is in the store and was not acknowledged so, or the other way round; nothing if all is well. */
  async differences(): Promise<string[]> {
    const found: string[] = []
    for (const { id, messages } of this.talks) {
      const stored = (await this.#persistently(() => this.#store.read({ sessionId: id, after: 0 })))?.messages ?? []
      const sameness = (message: Message) => `${message.seq} ${message.id} ${message.status} ${message.content}`
      const [expected, actual] = [messages.map(sameness), stored.map(sameness)]
      expected.forEach((line, i) => {
        if (actual[i] !== line) found.push(`${id}: acknowledged ${line}, stored ${actual[i]}`)
      })
      if (actual.length > expected.length) found.push(`${id}: ${actual.length - expected.length} too many are stored`)
    }
    return found
  }

  async #write(talks: readonly Conversation[]): Promise<void> {
    for (const { id } of talks) {
      const session = { id, userId: null, createdAt: new Date().toISOString() }
      await this.#persistently(() => this.#store.create(session, null))
    }
    while (!this.#stopping) {
      let running = await Promise.all(talks.map((talk) => this.#begin(talk)))
      for (let piece = 0; piece < PIECES; piece++) running = await this.#append(running, ` ${piece} 漢字`)
      await Promise.all(running.map((each) => this.#finish(each)))
    }
  }

  async #begin(talk: Conversation): Promise<Running> {
    const draft = { attempt: 1, createdAt: new Date().toISOString(), metadata: {} }
    const content = `${randomUUID()}?`
    const request: BeginRequest = {
      sessionId: talk.id,
      userId: null,
      message: { ...draft, id: randomUUID(), role: 'user', content, status: 'complete' },
      answer: { ...draft, id: randomUUID(), role: 'assistant', content: '', status: 'streaming' },
      owner: 'r1.a',
      known: null,
      contextSize: 2,
    }
    const started = await this.#send(talk, request)
    talk.messages.push({ ...request.message, seq: started.seq - 1 })
    return { talk, request, seq: started.seq, started }
  }

  async #send(talk: Conversation, request: BeginRequest): Promise<Started> {
    const begun = await this.#persistently(() => this.#store.begin(request))
    if (this.#failsOver && begun.kind === 'busy' && talk.ending !== null && begun.running.epoch === talk.ending.epoch) {
      await this.#end(talk.ending)
      return this.#send(talk, request)
    }
    if (begun.kind !== 'started') throw new Error(`begin gave ${begun.kind}`)
    talk.persisted = begun.persisted
    talk.text = ''
    return begun
  }

  async #append(running: readonly Running[], text: string): Promise<Running[]> {
    const items = running.map(({ talk, started: { epoch } }, i): AppendItem => {
      const bookmark = i % 2 === 0 ? null : { responseId: 'resp_1', sequence: talk.text.length }
      return { sessionId: talk.id, epoch, messageId: null, storedBytes: Buffer.byteLength(talk.text), text, bookmark }
    })
    const results = await this.#persistently(async () => {
      const results = await this.#store.append(items)
      if (results.includes('later')) throw new StoreUnavailable('a part of it is away')
      return results
    })
    if (!this.#failsOver && results.includes('fenced')) throw new Error(`append gave ${results.join()}`)
    return Promise.all(
      running.map(async (each, i) => {
        const expected = each.talk.text + text
        const now = results[i] === 'stored' ? each : await this.#found(each, expected)
        each.talk.text = results[i] === 'stored' ? expected : each.talk.text
        return now
      }),
    )
  }

  /** The answer as a failover left it: of `expected` its last pieces may be lost, and with a message that was not persisted all of it. */
  async #found(running: Running, expected: string): Promise<Running> {
    const { talk, request, seq, started } = running
    const slot = (await this.#persistently(() => this.#store.read({ sessionId: talk.id, after: 0 })))?.running ?? null
    const isOwned = slot?.epoch === started.epoch
    if (isOwned && (this.#failsOver ? expected.startsWith(slot.text) : expected === slot.text)) {
      talk.text = slot.text
      return running
    }
    const found = `${talk.id}: found "${slot?.text}" under ${slot?.epoch}, not "${expected}" under ${started.epoch}`
    if (!this.#failsOver || talk.persisted !== false) throw new Error(found)
    const again = await this.#send(talk, request)
    if (again.seq !== seq) throw new Error(`${found}; its message is ${again.seq} now, not ${seq}`)
    return { ...running, started: again }
  }

  async #finish(running: Running): Promise<void> {
    const { talk, request, seq, started } = await this.#found(running, running.talk.text)
    const message: Message = { ...request.answer, seq, content: talk.text, status: 'complete' }
    talk.ending = { sessionId: talk.id, epoch: started.epoch, message, at: new Date().toISOString() }
    if (await this.#end(talk.ending)) talk.messages.push(message)
    else await this.#finish({ talk, request, seq, started })
  }

  /** False where a failover came between: there is less text by now. */
  async #end(request: FinishRequest): Promise<boolean> {
    const { kind } = await this.#persistently(() => this.#store.finish(request))
    if (kind === 'fenced' && !this.#failsOver) throw new Error('finish gave fenced')
    return kind === 'finished'
  }

  async #persistently<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      const startedAt = performance.now()
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        this.refusals++
        await pause(RETRY_MS)
      } finally {
        this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt)
      }
    }
  }
}
