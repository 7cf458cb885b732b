import type { Socket } from 'socket.io'
import type { Caller, ConversationApi, Subscription } from '../conversation/api.ts'
import { BatonError } from '../protocol/errors.ts'
import type { Opened, OpenRequest } from '../protocol/events.ts'
import type { Credentials } from './credentials.ts'
import { SocketSubscriber, type SocketSubscriberDeps } from './socket-subscriber.ts'
import { type Conn, isCongested, onceDrained, untilRead } from './wire.ts'

/** Sessions that one socket may have open at a time; a widget needs one. */
const MAX_SESSIONS = 64

/** The Socket.IO room of a session; not 20 characters long, which the sharded adapter takes for a socket's own room. */
export const roomOf = (sessionId: string): string => `session:${sessionId}`

/** One client's connection and the sessions that it has open. */
export class Connection {
  readonly caller: Caller
  readonly credentials: Credentials
  readonly #socket: Socket
  readonly #api: ConversationApi
  readonly #subscriberDeps: SocketSubscriberDeps
  readonly #open = new Map<string, { readonly subscriber: SocketSubscriber; readonly subscription: Subscription }>()
  #lastAlone: Promise<unknown> = Promise.resolve()
  #owesReading = false

  constructor(
    socket: Socket,
    caller: Caller,
    credentials: Credentials,
    api: ConversationApi,
    subscriberDeps: SocketSubscriberDeps,
  ) {
    this.#socket = socket
    this.caller = caller
    this.credentials = credentials
    this.#api = api
    this.#subscriberDeps = subscriberDeps
  }

  /**
   * Does what may read and answer much when nothing of the kind is under way for this socket and it has taken what it was
   * given before (X6). Two opens of a session at once would be two subscribers of it, too, and show everything twice.
   */
  alone(work: () => Promise<void>): Promise<void> {
    const done = this.#lastAlone.then(async () => {
      await this.#taken()
      if (this.#socket.connected) await work()
    })
    this.#lastAlone = done.catch(() => {})
    return done
  }

  /** A reply that is large was written: before the next one is made, the client is to have read it, not the kernel alone. */
  gaveLarge(): void {
    this.#owesReading = true
  }

  async #taken(): Promise<void> {
    const { conn } = this.#socket
    while (this.#socket.connected && isCongested(conn)) await drained(conn)
    if (!this.#owesReading) return
    this.#owesReading = false
    await untilRead(conn, this.#subscriberDeps.clock)
  }

  /** Never twice at once: see `alone`. */
  async open(request: OpenRequest): Promise<Opened> {
    const reopens = request.sessionId !== undefined && this.#open.has(request.sessionId)
    if (this.#open.size >= MAX_SESSIONS && !reopens) {
      throw new BatonError('invalid', `sessionId: one socket may have at most ${MAX_SESSIONS} sessions open`)
    }
    const joined: SocketSubscriber[] = []
    const subscriberOf = (sessionId: string): SocketSubscriber => {
      const subscriber =
        this.#open.get(sessionId)?.subscriber ?? new SocketSubscriber(this.#socket, sessionId, this.#subscriberDeps)
      joined.push(subscriber)
      return subscriber
    }
    const { subscription, ...opened } = await this.#api.open(this.caller, request, subscriberOf)
    const subscriber = joined.find((one) => one.sessionId === opened.session.id)
    if (subscriber === undefined || subscription === null) return opened
    if (this.#socket.disconnected) {
      subscription.close()
      return opened
    }
    subscriber.opened(subscription.messages.at(-1))
    this.#open.set(opened.session.id, { subscriber, subscription })
    void this.#socket.join(roomOf(opened.session.id))
    return opened
  }

  /** The socket has left the session's room: it was told that the session ended, or it has gone. */
  left(sessionId: string): void {
    this.#open.get(sessionId)?.subscription.close()
    this.#open.delete(sessionId)
  }

  /** Whether an answer runs in a session that it has open. */
  get answering(): boolean {
    return [...this.#open.values()].some(({ subscriber }) => subscriber.answering)
  }

  close(): void {
    this.credentials.close()
    for (const { subscription } of this.#open.values()) subscription.close()
    this.#open.clear()
  }
}

function drained(conn: Conn): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      conn.off('close', end)
      resolve()
    }
    onceDrained(conn, end)
    conn.once('close', end)
  })
}
