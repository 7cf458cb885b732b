import type { News as RecallNews } from '../ports/recall.ts'
import type { SessionListener } from '../ports/session-listener.ts'
import type { Watch } from '../ports/session-store.ts'
import type { Activity, Delta } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { type Emission, SessionView } from '../session/session-view.ts'

/** Of which messages the followers have to hear in any case, and of which unless they have. */
type FeedNews = Pick<RecallNews, 'provisional' | 'foreign'>
/** A message as it changed; `version` is the session's with that change, where it is known. */
export interface Change {
  readonly message: Message
  readonly version?: number | undefined
}
type News = { readonly kind: 'delta'; readonly delta: Delta } | ({ readonly kind: 'message' } & Change)

/**
 * Everything that the followers of one session on this replica are told, in one order.
 *
 * Modes: `reading` while the store is being read (news is held until it is known what it adds to), then `live`. A live
 * feed that meets a gap calls `onGap` and reads again; `show` ends the reading.
 */
export class Feed {
  readonly sessionId: string
  /** As the store knows it. */
  readonly watch: Watch
  readonly listeners = new Set<SessionListener>()
  /** Epoch milliseconds at which the session is gone unless its TTL was refreshed elsewhere (S3). */
  expiresAt = Number.POSITIVE_INFINITY
  /** Something was heard of the running answer since the last check. */
  heard = false
  /** Notes may have been lost while the store was being read: what comes of that may be older than they. */
  isOutdated = false
  #view: SessionView | null = null
  /** The session's version up to which the followers were told of every change: they may come from several replicas, in any order. */
  #version = 0
  #held: News[] | null = []
  /** How much of what is held came before the reading began: the store knew of it. */
  #covered = 0
  /** Messages to be given anew that came while the store was being read. */
  #anew: Message[] = []
  /** Answers of which a follower was given less than the others had been told. */
  #uneven = new Set<string>()
  /** A confirmation that came while the store was being read. */
  #unconfirmed: Parameters<Feed['confirm']> | null = null
  readonly #onGap: (feed: Feed) => void

  constructor(sessionId: string, watch: Watch, onGap: (feed: Feed) => void) {
    this.sessionId = sessionId
    this.watch = watch
    this.#onGap = onGap
  }

  /** Something of an answer has still to come. */
  get expecting(): boolean {
    return this.#view?.expecting ?? false
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

  /** What one of the followers was given when it joined: where memory served it (G1), perhaps less than others were told. */
  given(messages: readonly Message[]): void {
    for (const message of messages) if (this.#view?.isPast(message)) this.#uneven.add(message.id)
  }

  /** What the store holds under `version`: the followers are told what of it is news, then what was held. */
  show(messages: readonly Message[], version: number): void {
    this.#version = version
    if (this.#view === null) this.#view = SessionView.of(messages)
    else this.#emit(this.#view.take(messages))
    const held = this.#held ?? []
    this.#held = null
    for (const [i, news] of held.entries()) {
      // What the store did not know of either, though it was read later, is no gap: it is stale.
      if (this.#tell(news, i < this.#covered) || i < this.#covered) continue
      return this.#readFor(held.slice(i))
    }
    for (const message of this.#anew.splice(0)) this.renew(message)
    const unconfirmed = this.#unconfirmed
    this.#unconfirmed = null
    if (unconfirmed !== null) this.confirm(...unconfirmed)
  }

  /** What the store holds once provisional sequence numbers are settled (G5). */
  confirm(messages: readonly Message[], version: number, news: FeedNews): void {
    if (this.#view === null || this.#held !== null) {
      this.#unconfirmed = [messages, version, news]
      return
    }
    this.#version = version
    for (const message of messages) {
      const toldBefore = this.#view.hasTold(message) && !this.#uneven.has(message.id)
      const emissions = this.#view.take([message])
      this.#emit(emissions)
      const toldNow = emissions.some(({ kind }) => kind === 'message')
      const isDue = news.provisional.has(message.id) || (news.foreign.has(message.id) && !toldBefore)
      if (isDue && !toldNow && !this.#view.isAhead(message)) this.#emit([{ kind: 'message', message }])
    }
    this.#view.rebase(messages)
    this.#uneven.clear()
  }

  /** The session goes on by what this replica has of it: what comes next is told as following these messages. */
  rebase(messages: readonly Message[]): void {
    if (this.#held === null) this.#view?.rebase(messages)
  }

  /** A message that everybody is given anew, whatever was told of it. */
  renew(message: Message): void {
    if (this.#view === null || this.#held !== null) return void this.#anew.push(message)
    const news = this.#view.takeMessage(message)
    if (news !== 'gap' && news.some(({ kind }) => kind === 'message')) this.#emit(news)
    else this.#emit([{ kind: 'message', message }])
  }

  delta(delta: Delta): void {
    this.#take({ kind: 'delta', delta })
  }

  /** Of no answer but one that is known to stream, and where text is being read for it is told later, or text comes. */
  activity(event: Activity): void {
    if (this.#held !== null || !this.#view?.streams(event.messageId)) return
    for (const listener of this.listeners) listener.activity(event)
  }

  message(change: Change): void {
    this.#take({ kind: 'message', ...change })
  }

  #take(news: News): void {
    this.heard = true
    if (this.#held !== null) {
      this.#held.push(news)
    } else if (!this.#tell(news, false)) {
      this.#readFor([news])
    }
  }

  #readFor(news: News[]): void {
    this.#held = news
    this.#onGap(this)
  }

  /** False where something before it is missing. */
  #tell(news: News, isCovered: boolean): boolean {
    if (this.#view === null) return false
    const version = news.kind === 'message' ? (news.version ?? 0) : 0
    if (version > this.#version + 1 && !isCovered) return false
    const emissions = news.kind === 'message' ? this.#view.takeMessage(news.message) : this.#view.takeDelta(news.delta)
    if (emissions === 'gap') return false
    this.#version = Math.max(this.#version, version)
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
