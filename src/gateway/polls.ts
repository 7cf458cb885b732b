import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Backlog, type Outlet, outletOf } from '../network/backlog.ts'
import { type Conn, cutOff, idOf } from './engine-internals.ts'

/**
 * The replies to polls, one at a time for each connection: Engine.IO takes what it was given for sent, and would answer one
 * poll after the other of a client that reads none of it (X6).
 */
export class Polls {
  readonly #backlog: Backlog
  /** To the last poll of each connection, by its id. */
  readonly #replies = new Map<string, ServerResponse>()
  /** Connections of which a poll waits. */
  readonly #waiting = new Set<string>()

  constructor(backlog: Backlog) {
    this.#backlog = backlog
  }

  /** Calls `next` once the client has taken the reply to its poll before, or is gone. Of what waits meanwhile one poll is kept, as Engine.IO keeps one. */
  take({ method, url }: IncomingMessage, response: ServerResponse, next: () => void): void {
    const id = method === 'GET' ? connectionIdIn(url) : null
    if (id === null) return next()
    const before = this.#replies.get(id)
    if (before === undefined || !isUnread(before)) return this.#begin(id, response, next)
    if (this.#waiting.has(id)) return void response.writeHead(400).end()
    this.#waiting.add(id)
    before.once('close', () => {
      this.#waiting.delete(id)
      if (!response.destroyed) this.#begin(id, response, next) // else its client left, and nothing would ever take it out
    })
  }

  #begin(id: string, response: ServerResponse, next: () => void): void {
    this.#replies.set(id, response)
    response.once('close', () => this.#replies.get(id) === response && this.#replies.delete(id))
    next()
  }

  /** What waited for a connection was written to its poll. */
  written(conn: Conn): void {
    const reply = this.#replies.get(idOf(conn))
    if (reply !== undefined && isUnread(reply)) this.#backlog.note(outletOfPoll(reply, conn))
  }
}

/** It has been given all, and not all of it is out. One that is given nothing yet is a poll that waits: Engine.IO allows no second. */
function isUnread(reply: ServerResponse): boolean {
  return reply.writableEnded && !reply.writableFinished && !reply.destroyed
}

/** A client that loses what it was to read has to begin anew. */
function outletOfPoll(reply: ServerResponse, conn: Conn): Outlet {
  const outlet = outletOf(reply, true)
  return {
    ...outlet,
    cutOff() {
      outlet.cutOff()
      cutOff(conn)
    },
  }
}

/** By which a request names its connection; null where it is to make one. */
export function connectionIdIn(url?: string): string | null {
  return parameterIn(url, 'sid')
}

/** Of several Engine.IO takes the last. */
export function parameterIn(url = '', name: string): string | null {
  return new URL(url, 'http://localhost').searchParams.getAll(name).at(-1) ?? null
}
