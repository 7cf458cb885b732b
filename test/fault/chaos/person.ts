import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import type {
  Acknowledgement,
  ClientEvent,
  Delta,
  MessageEvent,
  ReplyOf,
  RequestOf,
} from '../../../src/protocol/events.ts'
import type { Message } from '../../../src/protocol/message.ts'
import { laterOf, mergeDelta } from '../../../src/session/merge.ts'
import type { Random } from '../../simulation/random.ts'
import type { Entry } from './history.ts'

/** How long a person waits for an acknowledgement before it gives the connection up. */
const PATIENCE_MS = 3000
/** Silence of an expected answer after which the session is opened again (SPEC.md, section 5). */
const SILENCE_MS = 2000

type News =
  | { readonly kind: 'delta'; readonly payload: Delta }
  | { readonly kind: 'message'; readonly payload: MessageEvent }
type Unstamped = Entry extends infer E ? (E extends Entry ? Omit<E, 'at'> : never) : never

export interface Surroundings {
  readonly random: Random
  /** Addresses to connect to, by name; any of them may be dead. */
  readonly places: () => readonly { readonly name: string; readonly url: string }[]
  readonly record: (entry: Unstamped) => void
  readonly nextSocket: () => number
  /** The end of the round: whoever waits leaves. */
  readonly over: AbortSignal
}

/**
 * A client that does what SPEC.md says a client has to do, and writes down everything that it does and sees. It goes
 * somewhere else whenever its connection is lost.
 */
export class Person {
  readonly name: string
  readonly #around: Surroundings
  readonly #held = new Map<string, Message>()
  readonly #changes = new Set<() => void>()
  #socket: Socket | null = null
  #number = 0
  #sessionId: string | null
  #isOpen = false
  #gap = false
  #heardAt = 0
  /** What a whole snapshot lacks that was acknowledged before: only a message that was not persisted can be lost (M1). */
  readonly #vanished = new Set<string>()
  /** News that came while the session was being opened: it is merged after the snapshot. */
  #early: News[] | null = null

  constructor(name: string, around: Surroundings, sessionId: string | null = null) {
    this.name = name
    this.#around = around
    this.#sessionId = sessionId
  }

  get held(): ReadonlyMap<string, Message> {
    return this.#held
  }

  get sessionId(): string | null {
    return this.#sessionId
  }

  get isHere(): boolean {
    return this.#socket !== null
  }

  /** The client's own network fails. */
  drop(): void {
    this.#socket?.io.engine?.close()
  }

  /** Resolves once the session is open, on whichever connection that takes. */
  async join(): Promise<string> {
    for (;;) {
      this.#around.over.throwIfAborted()
      if ((this.#socket?.connected || (await this.#connect())) && (this.#isOpen || (await this.#open()))) {
        if (this.#sessionId !== null) return this.#sessionId
      }
      await pause(this.#around.random.between(20, 150))
    }
  }

  /** Asks, over as many connections as it takes, and resolves with the final message; null where the answer was lost. */
  async ask(content: string): Promise<Message | null> {
    return this.ended((await this.post(content)).id)
  }

  /** Asks, over as many connections as it takes, and resolves once that is acknowledged, with the empty answer. */
  async post(content: string): Promise<Message> {
    const id = randomUUID()
    for (;;) {
      const sessionId = await this.join()
      // Now and then the connection is gone before the acknowledgement comes.
      if (this.#around.random.chance(0.15)) setTimeout(() => this.drop(), this.#around.random.between(0, 30))
      const reply = await this.#request('message:send', { sessionId, id, content })
      if (reply !== null) {
        const { message, answer, persisted } = reply
        this.#merge(message)
        this.#merge(answer)
        this.#record({ kind: 'acknowledged', sessionId, message, answer, persisted })
        return answer
      }
      await pause(this.#around.random.between(30, 150))
    }
  }

  /** Has an answer made again that ended as an error; null where the answer was lost. */
  async regenerate({ id: messageId, attempt }: Message): Promise<Message | null> {
    for (;;) {
      const sessionId = await this.join()
      if (this.#vanished.has(messageId)) return null
      if ((this.#held.get(messageId)?.attempt ?? 0) > attempt) return this.ended(messageId)
      const reply = await this.#request('message:regenerate', { sessionId, messageId })
      if (reply !== null) {
        this.#merge(reply.answer)
        return this.ended(messageId)
      }
      await pause(this.#around.random.between(30, 150))
    }
  }

  /** Follows the session until the round is over. */
  async watch(): Promise<void> {
    while (!this.#around.over.aborted) {
      await this.join()
      await this.#until(() => !this.#isOpen || this.#gap, SILENCE_MS)
      await this.#mend(this.#answerIsExpected)
    }
  }

  leave(): void {
    this.#socket?.disconnect()
    this.#socket = null
    this.#isOpen = false
    this.#early = null
  }

  /** Resolves with the final message, over as many connections as it takes; null where the answer was lost. */
  async ended(messageId: string): Promise<Message | null> {
    for (;;) {
      await this.join()
      if (this.#vanished.has(messageId)) return null
      await this.#until(() => !this.#isOpen || this.#gap || this.#isFinal(messageId), SILENCE_MS)
      const message = this.#held.get(messageId)
      if (message !== undefined && this.#isFinal(messageId)) return message
      await this.#mend(true)
    }
  }

  get #answerIsExpected(): boolean {
    return [...this.#held.values()].some(({ status }) => status === 'streaming')
  }

  /** Opens the session again where text is missing, or an expected answer is silent. */
  async #mend(answerIsExpected: boolean): Promise<void> {
    const silent = answerIsExpected && performance.now() - this.#heardAt >= SILENCE_MS
    if (this.#isOpen && (this.#gap || silent)) await this.#open()
  }

  #isFinal(messageId: string): boolean {
    const message = this.#held.get(messageId)
    return message !== undefined && message.status !== 'streaming'
  }

  async #connect(): Promise<boolean> {
    this.leave()
    const { random, places, nextSocket } = this.#around
    const place = random.pick(places())
    if (place === undefined) return false
    const socket = io(place.url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: PATIENCE_MS,
    })
    const number = nextSocket()
    this.#socket = socket
    this.#number = number
    const { promise, resolve } = Promise.withResolvers<boolean>()
    socket.on('connect', () => resolve(true))
    socket.on('connect_error', () => resolve(false))
    socket.on('disconnect', () => {
      this.#around.record({ kind: 'lost', person: this.name, socket: number })
      if (this.#socket === socket) this.#isOpen = false
      this.#wake()
    })
    socket.on('delta', (payload: Delta) => this.#heard(socket, { kind: 'delta', payload }))
    socket.on('message', (payload: MessageEvent) => this.#heard(socket, { kind: 'message', payload }))
    socket.on('backend', ({ backend }: { backend: string }) => this.#record({ kind: 'backend', backend }))
    const connected = await Promise.race([promise, pause(PATIENCE_MS, false)])
    if (connected) this.#record({ kind: 'connected', where: place.name })
    else this.leave()
    return connected
  }

  async #open(): Promise<boolean> {
    const sessionId = this.#sessionId
    this.#record({ kind: 'opening' })
    this.#isOpen = false
    this.#early = []
    const reply = await this.#request('session:open', sessionId === null ? {} : { sessionId })
    if (reply === null) {
      this.#record({ kind: 'not opened' })
      this.leave() // on the next connection it may be another replica that answers
      return false
    }
    const { session, resumed, messages, replica, backend } = reply
    this.#record({ kind: 'opened', sessionId: session.id, replica, resumed, backend, messages })
    this.#sessionId = session.id
    const early = this.#early ?? []
    this.#early = null
    this.#gap = false
    const known = new Set(messages.map(({ id }) => id))
    for (const id of this.#held.keys()) if (!known.has(id)) this.#vanished.add(id)
    for (const message of messages) this.#merge(message)
    for (const news of early) this.#take(news)
    this.#heardAt = performance.now()
    this.#isOpen = true
    this.#wake()
    return true
  }

  /** Null where it was refused or not acknowledged; then the same may be asked again. */
  async #request<E extends ClientEvent>(event: E, payload: RequestOf<E>): Promise<ReplyOf<E> | null> {
    const socket = this.#socket
    if (socket === null || !socket.connected) return null
    if (event === 'message:send') this.#record({ kind: 'sent', ...(payload as RequestOf<'message:send'>) })
    try {
      const reply: Acknowledgement<ReplyOf<E>> = await socket.timeout(PATIENCE_MS).emitWithAck(event, payload)
      if (reply.ok) return reply
      this.#record({ kind: 'refused', event, code: reply.error.code })
      if (reply.error.code === 'message_not_found') this.#isOpen = false // SPEC.md, section 5: a whole snapshot tells
    } catch {
      if (this.#socket === socket) this.leave()
    }
    return null
  }

  #heard(socket: Socket, news: News): void {
    if (this.#socket !== socket) return
    this.#record(news)
    this.#heardAt = performance.now()
    if (this.#early === null) this.#take(news)
    else this.#early.push(news)
    this.#wake()
  }

  #take(news: News): void {
    if (news.kind === 'message') this.#merge(news.payload.message)
    else this.#mergeDelta(news.payload)
  }

  #merge(message: Message): void {
    const held = this.#held.get(message.id)
    this.#held.set(message.id, held === undefined ? message : laterOf(held, message))
  }

  #mergeDelta(delta: Delta): void {
    const held = this.#held.get(delta.messageId)
    const merged = held === undefined ? null : mergeDelta(held, delta)
    if (merged !== null) this.#held.set(delta.messageId, merged)
    else this.#gap = true
  }

  #record(
    entry: Unstamped extends infer E ? (E extends { person: string } ? Omit<E, 'person' | 'socket'> : never) : never,
  ): void {
    this.#around.record({ ...entry, person: this.name, socket: this.#number } as Unstamped)
  }

  /** Resolves when `condition` holds, the round is over, or after `withinMs`. */
  async #until(condition: () => boolean, withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => {
      if (condition()) resolve()
    }
    const timer = setTimeout(resolve, withinMs)
    const { over } = this.#around
    const leave = (): void => resolve()
    this.#changes.add(check)
    over.addEventListener('abort', leave)
    check()
    if (over.aborted) resolve()
    await promise
    over.removeEventListener('abort', leave)
    clearTimeout(timer)
    this.#changes.delete(check)
  }

  #wake(): void {
    for (const change of this.#changes) change()
  }
}
