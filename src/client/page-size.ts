import { MAX_HISTORY_LIMIT } from '../protocol/limits.ts'

/** A page with so much content, in UTF-16 units, that came soon says something of the network, and not of what was said in it. */
const TELLING_LENGTH = 20_000

/** How many older messages are asked for at once: as many as come in time over the network that there is. */
export class PageSize {
  #most = MAX_HISTORY_LIMIT
  /** The session came only in part, once it was asked for by its newest messages alone, or a page was late; and no large page has come soon since. */
  isSlow = false

  of(limit: number): number {
    return Math.min(limit, this.#most)
  }

  /** The session came by so many of its newest messages alone. */
  sessionCut(messages: number): void {
    this.isSlow = true
    this.#most = messages
  }

  /** A page of so many messages did not come in time, or a running answer stood still meanwhile. */
  late(asked: number): void {
    this.isSlow = true
    this.#most = Math.ceil(asked / 2)
  }

  /** It came so soon that twice as many would have come in time, too. `length`: that of its content. */
  soon(asked: number, length: number): void {
    if (length >= TELLING_LENGTH) this.isSlow = false
    this.#most = Math.min(MAX_HISTORY_LIMIT, Math.max(this.#most, asked * 2))
  }
}
