import type { Watch } from '../../ports/session-store.ts'
import type { Subscriber } from '../../ports/subscriber.ts'
import type { Activity, Delta } from '../../protocol/events.ts'
import { MAX_MESSAGES_BYTES } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/message.ts'
import { leading } from '../../session/leading.ts'
import { type Emission, SessionView } from '../../session/session-view.ts'

/** A message as it changed; `version` is the session's with that change, where it is known. */
export interface Change {
  readonly message: Message
  readonly version?: number | undefined
}
type Tell = (subscriber: Subscriber) => void
type News = { readonly kind: 'delta'; readonly delta: Delta } | ({ readonly kind: 'message' } & Change)

export interface SessionFeedEvents {
  /** Something is missing: the session is to be read. */
  onGap(feed: SessionFeed): void
  /** A bug showed while the subscriber was told something. */
  onFault(feed: SessionFeed, subscriber: Subscriber, error: unknown): void
}

/**
 * Everything that the subscribers of one session on this replica are told, in one order.
 *
 * Modes: `reading` while the store is being read (news is held until it is known what it adds to), then `live`. A live
 * feed that meets a gap calls `onGap` and reads again; `show` ends the reading.
 *
 * This is the one place that compares what was told with what is stored. What is stored beyond it is told as it comes;
 * where the store holds anything else, the subscribers are given what it holds (`session:sync`, G4).
 */
export class SessionFeed {
  readonly sessionId: string
  /** As the store knows it. */
  readonly watch: Watch
  readonly #subscribers = new Set<Subscriber>()
  /** Those whose call to the store is under way, and what they are to be told where it lets them in; null where there are none. */
  #joining: Map<Subscriber, Tell[]> | null = null
  /** Epoch milliseconds at which the session is gone unless its TTL was refreshed elsewhere (S3). */
  expiresAt = Number.POSITIVE_INFINITY
  /** The session has ended: its subscribers were let go. */
  isOver = false
  /** The subscribers were told something since the last `startCheck`. */
  heard = false
  /** During the reading under way, messages of the bus were lost or the session returned to Redis: it is read again after it. */
  isOutdated = false
  /** Something was read from memory since what was told was last compared with the store. */
  isUnchecked = false
  /** The next reading is to bring all that can be compared: earlier messages may have changed, too. */
  looksBack = false
  #view: SessionView | null = null
  #version = 0
  #queued: News[] | null = []
  /** How much of what is held came before the reading began: the store knew of it. */
  #covered = 0
  #reading = 0
  /** Resolved once the subscribers were told what was held back; null where nobody waits for that. */
  #live: PromiseWithResolvers<void> | null = null
  /** The next reading is to be given whole above this seq; null where it only adds to what was told. */
  #syncAfter: number | null = null
  /** An answer that was read for since the last `startCheck`, because a delta of it came, and that the store does not hold: others are on their way. */
  #unknown: string | null = null
  readonly #events: SessionFeedEvents

  constructor(sessionId: string, watch: Watch, events: SessionFeedEvents) {
    this.sessionId = sessionId
    this.watch = watch
    this.#events = events
  }

  /**
   * Adds somebody who has still to ask the store, which alone knows whether the session is theirs (X3): until `admit` they are
   * told nothing. What happens meanwhile is kept for them; how much is bounded by the time that the store is given.
   */
  join(subscriber: Subscriber): void {
    if (this.#subscribers.has(subscriber)) return
    this.#joining ??= new Map()
    this.#joining.set(subscriber, [])
  }

  /** The store let them in: they are told what happened since they joined. */
  admit(subscriber: Subscriber): void {
    const kept = this.#joining?.get(subscriber)
    if (kept === undefined) return
    this.#forgetJoining(subscriber)
    this.#subscribers.add(subscriber)
    for (const tell of kept) this.#tellOne(subscriber, tell)
  }

  /** False where they were not here. */
  remove(subscriber: Subscriber): boolean {
    return this.#forgetJoining(subscriber) || this.#subscribers.delete(subscriber)
  }

  #forgetJoining(subscriber: Subscriber): boolean {
    const wasJoining = this.#joining?.delete(subscriber) ?? false
    if (this.#joining?.size === 0) this.#joining = null
    return wasJoining
  }

  /** They are told what happens to the session. */
  has(subscriber: Subscriber): boolean {
    return this.#subscribers.has(subscriber)
  }

  /** Somebody was let in, and is told. */
  get isFollowed(): boolean {
    return this.#subscribers.size > 0
  }

  /** All, those that have still to be let in included. */
  get members(): readonly Subscriber[] {
    return [...this.#subscribers, ...(this.#joining?.keys() ?? [])]
  }

  get isEmpty(): boolean {
    return this.#subscribers.size === 0 && this.#joining === null
  }

  /** The session's version up to which the subscribers were told of every change: they may come from several replicas, in any order. */
  get version(): number {
    return this.#version
  }

  /** Something of an answer has still to come. */
  get expecting(): boolean {
    return this.#view?.expecting ?? false
  }

  get reading(): boolean {
    return this.#queued !== null
  }

  startCheck(): void {
    this.heard = false
    this.#unknown = null
  }

  /** Resolves once the subscribers were told what is held back now. */
  async live(): Promise<void> {
    if (!this.reading) return
    this.#live ??= Promise.withResolvers()
    await this.#live.promise
  }

  /** A subscriber was given other than the rest were told, by memory or by a store that has lost something (G6). */
  oweSync(): void {
    this.#syncAfter = 0
  }

  /** What the store holds is still to be told whole. */
  get lacksSync(): boolean {
    return this.#syncAfter !== null
  }

  /** The reading is to bring what is above this seq. */
  get newsAfter(): number {
    return this.#syncAfter ?? (this.looksBack ? this.#view?.knownAfter : this.#view?.newsAfter) ?? 0
  }

  /** News that comes from here on is held until the store was read. Gives the reading's number. */
  startReading(): number {
    this.#queued ??= []
    this.#covered = this.#queued.length
    return ++this.#reading
  }

  /**
   * What the store holds under `version`. The reply to the last `reading` that began is complete: where it holds less than was
   * told, or something else, the subscribers are given it whole. What a subscriber opened with may be older than what the
   * others were told.
   */
  show(messages: readonly Message[], version: number, reading?: number): void {
    const isLast = this.reading && reading === this.#reading
    const isAfterAll = !this.reading && reading === this.#reading // somebody opened the session meanwhile
    if (isLast && !this.isOutdated) this.looksBack = false
    if (isLast || isAfterAll) this.isUnchecked = false
    if (this.#view === null) {
      this.#view = SessionView.of(messages)
    } else if (isLast && this.#syncAfter !== null) {
      return this.#sync(messages, version, this.#syncAfter)
    } else if (isLast && (version < this.#version || this.#view.contradicts(messages))) {
      this.#syncAfter = 0
      return this.#events.onGap(this)
    } else if (isAfterAll && this.#view.contradicts(messages)) {
      this.looksBack = true // what was told since may not be in the reply
      return this.#events.onGap(this)
    } else {
      this.#emit(this.#view.take(messages))
    }
    this.#version = Math.max(this.#version, version)
    // Were an overtaken one to end the later reading, each of the two would make the other begin anew, without end.
    if (isLast || reading === undefined) this.#goOn()
  }

  /** What memory holds is no more true than what was told before (G1): it is compared with the store once that is back. */
  showCopy(messages: readonly Message[], version: number): void {
    this.isUnchecked = true
    if (this.#view !== null) this.#oweWhatDiffers(this.#view, messages)
    this.show(messages, version)
  }

  /**
   * What the store holds stands, and what was told above `after` was provisional (G4, G5). What came before may have changed
   * as well, without a word: another replica went on with it, or the store lost it.
   */
  replace(messages: readonly Message[], version: number, after: number): void {
    this.#syncAfter = Math.min(after, this.#syncAfter ?? after, this.#view?.agreesUpTo(messages) ?? after)
    if (this.reading) this.isOutdated = true
    else this.#sync(messages, version, this.#syncAfter)
  }

  #sync(messages: readonly Message[], version: number, after: number): void {
    this.#syncAfter = null
    this.isUnchecked = false
    this.#version = version
    this.#view = SessionView.of(messages)
    const above = messages.filter(({ seq }) => seq > after)
    const size = leading(above, MAX_MESSAGES_BYTES)
    const event = { sessionId: this.sessionId, after, messages: above.slice(0, size) }
    const rest = above.slice(size)
    this.#each((subscriber) => subscriber.sync(event, rest))
    this.#emit(rest.map((message) => ({ kind: 'message', message })))
    this.#goOn()
  }

  /** Tells what was held during the reading. */
  #goOn(): void {
    const held = this.#queued ?? []
    this.#queued = null
    for (const [i, news] of held.entries()) {
      // What came before the reading began, and still does not fit what the store gave, is stale and no gap.
      if (this.#tell(news, i < this.#covered)) continue
      if (i >= this.#covered) return this.#readFor(held.slice(i))
      if (news.kind === 'delta') this.#unknown = news.delta.messageId
    }
    this.#live?.resolve()
    this.#live = null
  }

  /** The session goes on by what this replica has of it: what comes next is told as following these messages. */
  rebase(messages: readonly Message[]): void {
    if (this.#queued !== null || this.#view === null) return
    this.#oweWhatDiffers(this.#view, messages)
    this.#emit(this.#view.take(messages)) // where the store had lost some, the subscribers were given what it held then
    this.#view.rebase(messages)
  }

  /** The copy may be of what the store has lost since, and some of it is told now, under its numbers: that is set right in the end. */
  #oweWhatDiffers(view: SessionView, copy: readonly Message[]): void {
    const agreed = view.agreesUpTo(copy, copy[0]?.seq) // it may be only the newest part: what is older is not told anew
    if (agreed < view.lastSeq) this.#syncAfter = Math.min(agreed, this.#syncAfter ?? agreed)
  }

  delta(delta: Delta): void {
    this.#take({ kind: 'delta', delta })
  }

  /** Dropped unless the answer streams. Told during a reading, too: that of a store that is silent lasts as long. */
  activity(event: Activity): void {
    if (!this.#view?.streams(event.messageId)) return
    this.#each((subscriber) => subscriber.activity(event))
  }

  message(change: Change): void {
    this.#take({ kind: 'message', ...change })
  }

  #take(news: News): void {
    if (this.#queued !== null) {
      this.#queued.push(news)
    } else if (!this.#tell(news, false)) {
      this.#readFor([news])
    }
  }

  #readFor(news: News[]): void {
    const { newsAfter = 0 } = this.#view ?? {}
    this.looksBack ||= news.some((one) => one.kind === 'message' && one.message.seq <= newsAfter)
    this.#queued = news
    this.#events.onGap(this)
  }

  /** False where something before it is missing. */
  #tell(news: News, isCovered: boolean): boolean {
    if (this.#view === null) return false
    const version = news.kind === 'message' ? (news.version ?? 0) : 0
    if (version > this.#version + 1 && !isCovered) return false
    const emissions = news.kind === 'message' ? this.#view.takeMessage(news.message) : this.#view.takeDelta(news.delta)
    if (emissions === 'gap') return news.kind === 'delta' && this.#isLost(news.delta, this.#view)
    this.#version = Math.max(this.#version, version)
    this.#emit(emissions)
    return true
  }

  #isLost({ messageId }: Delta, view: SessionView): boolean {
    return messageId === this.#unknown && !view.knows(messageId)
  }

  #emit(emissions: readonly Emission[]): void {
    const { sessionId } = this
    this.heard ||= emissions.length > 0
    for (const emission of emissions) {
      if (emission.kind === 'message') {
        const event = { sessionId, message: emission.message }
        this.#each((subscriber) => subscriber.message(event))
      } else {
        const { messageId, attempt, offset, text } = emission
        const event = { sessionId, messageId, attempt, offset, text }
        this.#each((subscriber) => subscriber.delta(event))
      }
    }
  }

  #each(tell: Tell): void {
    if (this.#joining !== null) for (const kept of this.#joining.values()) kept.push(tell)
    for (const subscriber of this.#subscribers) this.#tellOne(subscriber, tell)
  }

  /** A bug at one subscriber costs neither the others nor the caller anything (X6). */
  #tellOne(subscriber: Subscriber, tell: Tell): void {
    try {
      tell(subscriber)
    } catch (error) {
      this.#events.onFault(this, subscriber, error)
    }
  }
}
