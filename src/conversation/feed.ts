import type { SessionListener } from '../ports/session-listener.ts'
import type { Delta } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { type Emission, SessionView } from '../session/session-view.ts'

type News = { readonly kind: 'delta'; readonly delta: Delta } | { readonly kind: 'message'; readonly message: Message }

/**
 * Everything that the followers of one session on this replica are told, in one order.
 *
 * Modes: `reading` while the store is being read (news is held until it is known what it adds to), then `live`. A live
 * feed that meets a gap calls `onGap` and reads again; `show` ends the reading.
 */
export class Feed {
  readonly sessionId: string
  readonly listeners = new Set<SessionListener>()
  /** Epoch milliseconds at which the session is gone unless its TTL was refreshed elsewhere (S3). */
  expiresAt = Number.POSITIVE_INFINITY
  /** Something was heard of the running answer since the last check. */
  heard = false
  #view: SessionView | null = null
  #held: News[] | null = []
  /** How much of what is held came before the reading began: the store knew of it. */
  #covered = 0
  readonly #onGap: (feed: Feed) => void

  constructor(sessionId: string, onGap: (feed: Feed) => void) {
    this.sessionId = sessionId
    this.#onGap = onGap
  }

  get streaming(): boolean {
    return this.#view?.streaming ?? false
  }

  get reading(): boolean {
    return this.#held !== null
  }

  get newsAfter(): number {
    return this.#view?.newsAfter ?? 0
  }

  /** News that comes from here on is held until `show`. */
  startReading(): void {
    this.#held ??= []
    this.#covered = this.#held.length
  }

  /** What the store holds: the followers are told what of it is news, then what was held. */
  show(messages: readonly Message[]): void {
    if (this.#view === null) this.#view = SessionView.of(messages)
    else this.#emit(this.#view.take(messages))
    const held = this.#held ?? []
    this.#held = null
    for (const [i, news] of held.entries()) {
      // What the store did not know of either, though it was read later, is no gap: it is stale.
      if (this.#tell(news) || i < this.#covered) continue
      return this.#readFor(held.slice(i))
    }
  }

  /** What the store holds once provisional sequence numbers are settled (G5): those in `changed` are told of in any case. */
  confirm(messages: readonly Message[], changed: ReadonlySet<string>): void {
    if (this.#view === null || this.#held !== null) return // whoever is reading now reads this
    const news = this.#view.take(messages)
    const told = new Set(news.map((emission) => (emission.kind === 'message' ? emission.message.id : '')))
    this.#emit(news)
    const untold = messages.filter((message) => changed.has(message.id) && !told.has(message.id))
    this.#emit(untold.map((message) => ({ kind: 'message', message })))
    this.#view = SessionView.of(messages)
  }

  delta(delta: Delta): void {
    this.#take({ kind: 'delta', delta })
  }

  message(message: Message): void {
    this.#take({ kind: 'message', message })
  }

  #take(news: News): void {
    this.heard = true
    if (this.#held !== null) {
      this.#held.push(news)
    } else if (!this.#tell(news)) {
      this.#readFor([news])
    }
  }

  #readFor(news: News[]): void {
    this.#held = news
    this.#onGap(this)
  }

  /** False where something before it is missing. */
  #tell(news: News): boolean {
    if (this.#view === null) return false
    const emissions = news.kind === 'message' ? this.#view.takeMessage(news.message) : this.#view.takeDelta(news.delta)
    if (emissions === 'gap') return false
    this.#emit(emissions)
    return true
  }

  #emit(emissions: readonly Emission[]): void {
    const { sessionId } = this
    for (const emission of emissions) {
      if (emission.kind === 'message') {
        const event = { sessionId, message: emission.message }
        for (const listener of this.listeners) listener.message(event)
      } else {
        const { messageId, attempt, offset, text } = emission
        const event = { sessionId, messageId, attempt, offset, text }
        for (const listener of this.listeners) listener.delta(event)
      }
    }
  }
}
