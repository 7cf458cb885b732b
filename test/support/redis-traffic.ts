import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { AppendItem, SessionStore } from '../../src/ports/session-store.ts'
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
}

/** What a conversation's next answer is appended under. */
interface Running {
  readonly talk: Conversation
  readonly answer: Message
  readonly epoch: number
}

/**
 * Messages and answers in many sessions, as fast as the store takes them. A refused call is repeated unchanged, as its
 * guarantees allow; what it has acknowledged is compared with what it holds at the end.
 */
export class Traffic {
  readonly talks: Conversation[] = []
  /** Milliseconds that the longest call took, answered or refused. */
  slowestMs = 0
  /** Calls that were refused. */
  refusals = 0
  readonly #store: SessionStore
  readonly #loops: Promise<void>[] = []
  #stopping = false

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** Begins with `writers` times four sessions; resolves once each has had an answer. */
  async start(writers: number): Promise<void> {
    for (let i = 0; i < writers; i++) {
      const talks = Array.from({ length: SESSIONS_PER_WRITER }, () => ({
        id: randomUUID(),
        messages: [],
        persisted: null,
        text: '',
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
      const stored = (await this.#persistently(() => this.#store.read(id, 0)))?.messages ?? []
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
      const running = await Promise.all(talks.map((talk) => this.#begin(talk)))
      for (let piece = 0; piece < PIECES; piece++) await this.#append(running, ` ${piece} 漢字`)
      await Promise.all(running.map((each) => this.#finish(each)))
    }
  }

  async #begin(talk: Conversation): Promise<Running> {
    const draft = { attempt: 1, createdAt: new Date().toISOString(), metadata: {} }
    const message = {
      ...draft,
      id: randomUUID(),
      role: 'user',
      content: `${randomUUID()}?`,
      status: 'complete',
    } as const
    const answer = { ...draft, id: randomUUID(), role: 'assistant', content: '', status: 'streaming' } as const
    const request = {
      sessionId: talk.id,
      userId: null,
      message,
      answer,
      owner: 'r1.a',
      knownVersion: null,
      contextSize: 2,
    }
    const begun = await this.#persistently(() => this.#store.begin(request))
    if (begun.kind !== 'started') throw new Error(`begin gave ${begun.kind}`)
    talk.messages.push({ ...message, seq: begun.seq - 1 })
    talk.persisted = begun.persisted
    talk.text = ''
    return { talk, answer: { ...answer, seq: begun.seq }, epoch: begun.epoch }
  }

  /** A failover may have lost the last appends, which an owner then makes again; anything else is a fault. */
  async #rewind(running: readonly Running[], text: string, results: readonly string[]): Promise<void> {
    for (const { talk, epoch } of running) {
      const slot = (await this.#persistently(() => this.#store.read(talk.id, 0)))?.running
      const isLost = slot?.epoch === epoch && (talk.text + text).startsWith(slot.text)
      if (!isLost) throw new Error(`append gave ${results.join()}`)
      talk.text = slot.text
    }
    await this.#append(running, text)
  }

  async #append(running: readonly Running[], text: string): Promise<void> {
    const items = running.map(({ talk, epoch }, i): AppendItem => {
      const bookmark = i % 2 === 0 ? null : { responseId: 'resp_1', sequence: talk.text.length }
      return { sessionId: talk.id, epoch, storedBytes: Buffer.byteLength(talk.text), text, bookmark }
    })
    const results = await this.#persistently(() => this.#store.append(items))
    if (results.some((result) => result !== 'stored')) return this.#rewind(running, text, results)
    for (const { talk } of running) talk.text += text
  }

  async #finish({ talk, answer, epoch }: Running): Promise<void> {
    const { running } = (await this.#persistently(() => this.#store.read(talk.id, 0))) ?? {}
    if (running?.text !== talk.text) throw new Error(`${talk.id}: stored "${running?.text}", not "${talk.text}"`)
    const message: Message = { ...answer, content: talk.text, status: 'complete' }
    const request = { sessionId: talk.id, epoch, message, at: new Date().toISOString() }
    const finished = await this.#persistently(() => this.#store.finish(request))
    if (finished.kind !== 'finished') throw new Error(`finish gave ${finished.kind}`)
    talk.messages.push(message)
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
