import type { Socket } from 'socket.io'
import { queuedPackets } from './frame.ts'

/** Requests of one socket that may wait for their turn. */
const MAX_WAITING = 64
const MAX_AT_ONCE = 8

/**
 * Does what one socket asks for: a few requests at a time, and none while it leaves the replies unread, because they are
 * held in memory (D6, X2).
 */
export class RequestQueue {
  readonly #socket: Socket
  readonly #waiting: (() => Promise<void>)[] = []
  #underWay = 0
  #unread = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Takes a request, or gives false where too many wait. `work` never rejects. */
  add(work: () => Promise<void>): boolean {
    if (this.#waiting.length >= MAX_WAITING) {
      if (queuedPackets(this.#socket) >= MAX_WAITING) this.#socket.conn.close(true) // it asks on and on, and reads nothing
      return false
    }
    this.#waiting.push(work)
    this.#next()
    return true
  }

  #next(): void {
    while (this.#underWay < MAX_AT_ONCE && !this.#unread) {
      if (queuedPackets(this.#socket) > 0) return this.#awaitDrain()
      const work = this.#waiting.shift()
      if (work === undefined) return
      this.#underWay++
      void work().then(() => {
        this.#underWay--
        this.#next()
      })
    }
  }

  #awaitDrain(): void {
    this.#unread = true
    this.#socket.conn.once('drain', () => {
      this.#unread = false
      this.#next()
    })
  }
}
