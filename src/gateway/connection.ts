import type { Socket } from 'socket.io'
import type { Caller, ConversationApi } from '../conversation/api.ts'
import { ClientAsker } from '../network/large-replies.ts'
import { BatonError } from '../protocol/errors.ts'
import type { Opened, OpenRequest } from '../protocol/events.ts'
import type { Credentials } from './credentials.ts'
import { type Conn, isCongested, onceDrained, untilRead } from './engine-internals.ts'
import { SocketSubscriber, type SocketSubscriberDeps } from './socket-subscriber.ts'

/** Sessions that one socket may have open at a time; a widget needs one. */
const MAX_SESSIONS = 64

/** The Socket.IO room of a session; not 20 characters long, which the sharded adapter takes for a socket's own room. */
export const roomOf = (sessionId: string): string => `session:${sessionId}`

interface OpenSession {
  readonly subscriber: SocketSubscriber
  close(): void
}

/** One client's connection and the sessions that it has open. */
export class Connection {
  readonly credentials: Credentials
  readonly #clientAddress: string
  /** Where it got a large reply, the client is to have read it, and not the kernel alone, before another is made. */
  readonly asker: ClientAsker
  readonly #socket: Socket
  readonly #api: ConversationApi
  readonly #subscriberDeps: SocketSubscriberDeps
  /** Mostly one: a list that never grows is a sixth of a map. Of a subscription only its end is kept, not the messages that came with it. */
  #open: readonly OpenSession[] = []
  #lastAlone: Promise<unknown> = Promise.resolve()

  constructor(
    socket: Socket,
    clientAddress: string,
    credentials: Credentials,
    api: ConversationApi,
    subscriberDeps: SocketSubscriberDeps,
  ) {
    this.#socket = socket
    this.#clientAddress = clientAddress
    this.asker = new ClientAsker(clientAddress)
    this.credentials = credentials
    this.#api = api
    this.#subscriberDeps = subscriberDeps
  }

  /** Who is calling, as the connection's last token says. */
  get caller(): Caller {
    const { user, group } = this.credentials.identity
    return { user, group, clientAddress: this.#clientAddress }
  }

  /**
   * Does what may read and answer much when nothing of the kind is under way for this socket and it has taken what it was
   * given before (X6). Two opens of a session at once would be two subscribers of it, too, and show everything twice.
   */
  alone(work: () => Promise<unknown>): Promise<void> {
    const done = this.#lastAlone.then(async () => {
      await this.#taken()
      if (this.#socket.connected) await work()
    })
    this.#lastAlone = done.catch(() => {})
    return done
  }

  async #taken(): Promise<void> {
    const { conn } = this.#socket
    while (this.#socket.connected && isCongested(conn)) await drained(conn)
    if (this.asker.gotLarge) await untilRead(conn, this.#subscriberDeps.clock)
  }

  /** Never twice at once: see `alone`. */
  async open(request: OpenRequest): Promise<Opened> {
    const reopens = request.sessionId !== undefined && this.#subscriberOf(request.sessionId) !== undefined
    if (this.#open.length >= MAX_SESSIONS && !reopens) {
      throw new BatonError('invalid', `sessionId: one socket may have at most ${MAX_SESSIONS} sessions open`)
    }
    const joined: SocketSubscriber[] = []
    const subscriberOf = (sessionId: string): SocketSubscriber => {
      const subscriber =
        this.#subscriberOf(sessionId) ??
        new SocketSubscriber(this.#socket, this.caller, sessionId, this.#subscriberDeps)
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
    this.#enter(subscriber, subscription.close)
    void this.#socket.join(roomOf(opened.session.id))
    return opened
  }

  /** The socket has left the session's room: it was told that the session ended, or it has gone. */
  left(sessionId: string): void {
    const left = this.#open.find(({ subscriber }) => subscriber.sessionId === sessionId)
    this.#open = this.#open.filter((one) => one !== left)
    left?.close()
  }

  #subscriberOf(sessionId: string): SocketSubscriber | undefined {
    return this.#open.find(({ subscriber }) => subscriber.sessionId === sessionId)?.subscriber
  }

  /** In place of what was there of the same session. */
  #enter(subscriber: SocketSubscriber, close: () => void): void {
    const others = this.#open.filter((one) => one.subscriber.sessionId !== subscriber.sessionId)
    this.#open = others.concat({ subscriber, close }) // a literal would keep room for sixteen more
  }

  /** Whether an answer runs in a session that it has open. */
  get answering(): boolean {
    return this.#open.some(({ subscriber }) => subscriber.answering)
  }

  close(): void {
    this.credentials.close()
    const left = this.#open
    this.#open = []
    for (const { close } of left) close()
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
