import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import * as talk from '../../../src/client/conversation-state.ts'
import type {
  Acknowledgement,
  ClientEvent,
  Delta,
  MessageEvent,
  ReplyOf,
  RequestOf,
  SessionEnded,
  SessionSync,
} from '../../../src/protocol/events.ts'
import type { Message } from '../../../src/protocol/message.ts'
import type { Participant, Surroundings, Unsigned, Unstamped } from './participant.ts'

/** How long a person waits for an acknowledgement before it gives the connection up. */
const PATIENCE_MS = 3000

type News =
  | { readonly kind: 'delta'; readonly payload: Delta }
  | { readonly kind: 'message'; readonly payload: MessageEvent }
  | { readonly kind: 'sync'; readonly payload: SessionSync }

interface Sockets extends Surroundings {
  /** Addresses to connect to, by name; any of them may be dead. */
  readonly places: () => readonly { readonly name: string; readonly url: string }[]
  readonly nextSocket: () => number
}

/**
 * A client that keeps D3's rule and nothing else: it waits for what the gateway tells, however long, and writes down everything
 * that it does and sees. It goes somewhere else whenever its connection is lost.
 */
export class Person implements Participant {
  readonly name: string
  readonly #around: Sockets
  #talk = talk.EMPTY
  readonly #changes = new Set<() => void>()
  #socket: Socket | null = null
  #number = 0
  #sessionId: string | null
  #isOpen = false
  /** What was held once and is not any more: only a message that was not persisted can be lost (M1). */
  readonly #vanished = new Set<string>()

  constructor(name: string, around: Sockets, sessionId: string | null = null) {
    this.name = name
    this.#around = around
    this.#sessionId = sessionId
  }

  get held(): ReadonlyMap<string, Message> {
    return new Map(this.#talk.messages.map((message) => [message.id, message]))
  }

  get sessionId(): string | null {
    return this.#sessionId
  }

  get isHere(): boolean {
    return this.#socket !== null
  }

  drop(): void {
    this.#socket?.io.engine?.close()
  }

  async join(): Promise<string> {
    for (;;) {
      this.#around.over.throwIfAborted()
      if ((this.#socket?.connected || (await this.#connect())) && (this.#isOpen || (await this.#open()))) {
        if (this.#sessionId !== null) return this.#sessionId
      }
      await pause(this.#around.random.between(20, 150))
    }
  }

  async ask(content: string): Promise<Message | null> {
    return this.ended((await this.post(content)).id)
  }

  async post(content: string): Promise<Message> {
    const id = randomUUID()
    for (;;) {
      const sessionId = await this.join()
      // Now and then the connection is gone before the acknowledgement comes.
      if (this.#around.random.chance(0.15)) setTimeout(() => this.drop(), this.#around.random.between(0, 30))
      const reply = await this.#request('message:send', { sessionId, id, content })
      if (reply !== null) {
        const { message, answer, persisted } = reply
        this.#become(talk.acknowledged(this.#talk, { sessionId, messages: [message, answer], persisted }))
        this.#record({ kind: 'acknowledged', sessionId, message, answer, persisted })
        return answer
      }
      await pause(this.#around.random.between(30, 150))
    }
  }

  async regenerate({ id: messageId, attempt }: Message): Promise<Message | null> {
    for (;;) {
      const sessionId = await this.join()
      if (this.#vanished.has(messageId)) return null
      if ((this.#find(messageId)?.attempt ?? 0) > attempt) return this.ended(messageId)
      const reply = await this.#request('message:regenerate', { sessionId, messageId })
      if (reply !== null) {
        this.#become(
          talk.acknowledged(this.#talk, { sessionId, messages: [reply.answer], persisted: reply.persisted ?? true }),
        )
        return this.ended(messageId)
      }
      await pause(this.#around.random.between(30, 150))
    }
  }

  async watch(): Promise<void> {
    while (!this.#around.over.aborted) {
      await this.join()
      await this.#until(() => !this.#isOpen || this.#talk.gap)
      await this.#mend()
    }
  }

  leave(): void {
    this.#socket?.disconnect()
    this.#socket = null
    this.#isOpen = false
    this.#become(talk.openFailed(this.#talk))
  }

  /** Resolves with the final message, over as many connections as it takes; null where the answer was lost. */
  async ended(messageId: string): Promise<Message | null> {
    for (;;) {
      await this.join()
      if (this.#vanished.has(messageId)) return null
      const isLost = () => this.#vanished.has(messageId) // a sync may say so
      await this.#until(() => !this.#isOpen || this.#talk.gap || this.#isFinal(messageId) || isLost())
      const message = this.#find(messageId)
      if (message !== undefined && this.#isFinal(messageId)) return message
      await this.#mend()
    }
  }

  /** Opens the session again where text is missing. */
  async #mend(): Promise<void> {
    if (this.#isOpen && this.#talk.gap) await this.#open()
  }

  #isFinal(messageId: string): boolean {
    const message = this.#find(messageId)
    return message !== undefined && message.status !== 'streaming'
  }

  #find(messageId: string): Message | undefined {
    return this.#talk.messages.findLast(({ id }) => id === messageId)
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
    socket.on('session:sync', (payload: SessionSync) => this.#heard(socket, { kind: 'sync', payload }))
    socket.on('session:ended', ({ sessionId }: SessionEnded) => this.#ended(sessionId))
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
    this.#become(talk.startOpening(this.#talk))
    const reply = await this.#request('session:open', sessionId === null ? {} : { sessionId })
    if (reply === null) {
      this.#record({ kind: 'not opened' })
      this.leave() // on the next connection it may be another replica that answers
      return false
    }
    const { session, resumed, messages, after = 0, replica, backend } = reply
    this.#record({ kind: 'opened', sessionId: session.id, replica, resumed, backend, after, messages })
    this.#sessionId = session.id
    this.#become(talk.opened(this.#talk, { sessionId: session.id, messages, after, durable: backend === 'redis' }))
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
    this.#become(talk.received(this.#talk, eventOf(news)))
    this.#wake()
  }

  /** Its session is gone; the next one is another. */
  #ended(sessionId: string): void {
    if (sessionId !== this.#sessionId) return
    this.#record({ kind: 'ended', sessionId })
    this.#sessionId = null
    this.#isOpen = false
    this.#become(talk.EMPTY)
    this.#wake()
  }

  #become(next: talk.Conversation): void {
    const ids = new Set(next.messages.map(({ id }) => id))
    for (const { id } of this.#talk.messages) if (!ids.has(id)) this.#vanished.add(id)
    for (const id of ids) this.#vanished.delete(id)
    this.#talk = next
  }

  #record(entry: Unsigned): void {
    this.#around.record({ ...entry, person: this.name, socket: this.#number } as Unstamped)
  }

  /** Resolves when `condition` holds, or the round is over. */
  async #until(condition: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => {
      if (condition()) resolve()
    }
    const { over } = this.#around
    const leave = (): void => resolve()
    this.#changes.add(check)
    over.addEventListener('abort', leave)
    check()
    if (over.aborted) resolve()
    await promise
    over.removeEventListener('abort', leave)
    this.#changes.delete(check)
  }

  #wake(): void {
    for (const change of this.#changes) change()
  }
}

function eventOf(news: News): talk.SessionEvent {
  switch (news.kind) {
    case 'delta':
      return { name: 'delta', data: news.payload }
    case 'message':
      return { name: 'message', data: news.payload }
    case 'sync':
      return { name: 'session:sync', data: news.payload }
  }
}
