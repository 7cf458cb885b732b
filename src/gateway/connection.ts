import type { Socket } from 'socket.io'
import type { Caller, ConversationApi, Following } from '../conversation/api.ts'
import { BatonError } from '../protocol/errors.ts'
import type { Opened, OpenRequest } from '../protocol/events.ts'
import type { Credentials } from './credentials.ts'
import { Member, type MemberDeps } from './member.ts'
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
  readonly #memberDeps: MemberDeps
  readonly #open = new Map<string, { readonly member: Member; readonly following: Following }>()
  #lastAlone: Promise<unknown> = Promise.resolve()
  #owesReading = false

  constructor(socket: Socket, caller: Caller, credentials: Credentials, api: ConversationApi, memberDeps: MemberDeps) {
    this.#socket = socket
    this.caller = caller
    this.credentials = credentials
    this.#api = api
    this.#memberDeps = memberDeps
  }

  /**
   * Does what may read and answer much when nothing of the kind is under way for this socket and it has taken what it was
   * given before (X6). Two opens of a session at once would be two followers of it, too, and show everything twice.
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
    await untilRead(conn, this.#memberDeps.clock)
  }

  /** Never twice at once: see `alone`. */
  async open(request: OpenRequest): Promise<Opened> {
    const reopens = request.sessionId !== undefined && this.#open.has(request.sessionId)
    if (this.#open.size >= MAX_SESSIONS && !reopens) {
      throw new BatonError('invalid', `sessionId: one socket may have at most ${MAX_SESSIONS} sessions open`)
    }
    const joined: Member[] = []
    const memberOf = (sessionId: string): Member => {
      const member = this.#open.get(sessionId)?.member ?? new Member(this.#socket, sessionId, this.#memberDeps)
      joined.push(member)
      return member
    }
    const { following, ...opened } = await this.#api.open(this.caller, request, memberOf)
    const member = joined.find((one) => one.sessionId === opened.session.id)
    if (member === undefined || following === null) return opened
    if (this.#socket.disconnected) {
      following.close()
      return opened
    }
    member.opened(following.messages.at(-1)?.seq ?? 0)
    this.#open.set(opened.session.id, { member, following })
    void this.#socket.join(roomOf(opened.session.id))
    return opened
  }

  /** The socket has left the session's room: it was told that the session ended, or it has gone. */
  left(sessionId: string): void {
    this.#open.get(sessionId)?.following.close()
    this.#open.delete(sessionId)
  }

  close(): void {
    this.credentials.close()
    for (const { following } of this.#open.values()) following.close()
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
