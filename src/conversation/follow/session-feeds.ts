import type { Bus } from '../../ports/bus.ts'
import { type Clock, exclusively, type Timer, within } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Meter } from '../../ports/meter.ts'
import type { SessionSockets } from '../../ports/session-sockets.ts'
import {
  retryLevel,
  type SessionStore,
  type Snapshot,
  type StoredSession,
  type Watch,
} from '../../ports/session-store.ts'
import type { Subscriber } from '../../ports/subscriber.ts'
import type { Activity, Delta } from '../../protocol/events.ts'
import type { Message } from '../../protocol/message.ts'
import { concurrently } from '../../session/concurrently.ts'
import { withRunningText } from '../../session/running-text.ts'
import { EndedWatches } from './ended-watches.ts'
import { SessionExpiry } from './session-expiry.ts'
import { type Change, SessionFeed, type SessionFeedEvents } from './session-feed.ts'

const SWEEP_MS = 1000
/** A session that could not be read is read again after this. */
const RECHECK_MS = 1000
/** For what is held back while the session is read: whoever waits for it is to be answered all the same. */
const CATCH_UP_MS = 1500
/** What other replicas said of a session, or wrote to it, before the store was away has arrived by then, or never does. */
const LATE_NEWS_MS = 3000
/** Sessions that are read again at the same time, where all have to be. */
const REREADS_AT_ONCE = 16
/** So long the others wait for one of them, in milliseconds: a shard that is silent is not to hold up those of all others. */
const TURN_MS = 100

export interface SessionFeedsOptions {
  readonly address: string
  readonly store: SessionStore
  readonly bus: Bus
  readonly sockets: SessionSockets
  readonly clock: Clock
  readonly meter: Meter
  readonly log: Log
  /** A session was read whose answer this replica may have to take over. */
  onOwner(sessionId: string, owner: string): void
  /** The store says that there is no such session any more. */
  onGone(sessionId: string): void
}

/** Somebody who is opening a session. */
export interface Joined {
  readonly feed: SessionFeed
  readonly subscriber: Subscriber
  /** Of the session, as those who were here had been told of it. */
  readonly version: number
}

/** The sessions that somebody on this replica follows. */
export class SessionFeeds {
  readonly #options: SessionFeedsOptions
  readonly #feeds = new Map<string, SessionFeed>()
  readonly #forFeeds: SessionFeedEvents = {
    onGap: (feed) => this.#repair(feed),
    onFault: (feed, subscriber, error) => this.#letGo(feed, subscriber, error),
  }
  #watches = 0
  readonly #ended: EndedWatches
  /** Those that are to be read again. */
  readonly #due = new Set<SessionFeed>()
  #rereading = 0
  readonly #sweep: Timer
  #rereadsLater: Timer | null = null

  constructor(options: SessionFeedsOptions) {
    this.#options = options
    this.#ended = new EndedWatches(options)
    const expiry = new SessionExpiry({
      ...options,
      isLive: (feed) => this.#isLive(feed),
      onReturned: (feed) => void this.#lookBack(feed),
      onGone: (feed) => this.#gone(feed),
    })
    const endExpired = exclusively(() => expiry.endExpired([...this.#feeds.values()]))
    this.#sweep = options.clock.every(SWEEP_MS, () => {
      this.#rereadDue()
      endExpired()
    })
  }

  has(sessionId: string, subscriber: Subscriber): boolean {
    return this.#feeds.get(sessionId)?.has(subscriber) ?? false
  }

  /** The store let somebody in: who only joins may ask for a session that is gone. */
  isFollowed(sessionId: string): boolean {
    return this.#feeds.get(sessionId)?.isFollowed ?? false
  }

  watchOf(sessionId: string): Watch | null {
    return this.#feeds.get(sessionId)?.watch ?? null
  }

  /** Adds a subscriber, who is told nothing until `opened` says what the store gave them. */
  join(sessionId: string, subscriber: Subscriber): Joined {
    let feed = this.#feeds.get(sessionId)
    if (feed === undefined) {
      const watch = { watcher: this.#options.address, id: ++this.#watches }
      feed = new SessionFeed(sessionId, watch, this.#forFeeds)
      this.#feeds.set(sessionId, feed)
      this.#options.meter.sessionsOpen(1)
    }
    feed.join(subscriber)
    return { feed, subscriber, version: feed.version }
  }

  /** Removes a subscriber; the last one takes the feed along and this replica stops watching. */
  leave({ feed, subscriber }: Pick<Joined, 'feed' | 'subscriber'>): void {
    if (!feed.remove(subscriber) || !feed.isEmpty) return
    if (!this.#isLive(feed)) return
    this.#forget(feed)
    const { sessionId, watch } = feed
    this.#ended.add(sessionId, watch)
  }

  /** A bug showed at a subscriber: it is out of step. */
  #letGo(feed: SessionFeed, subscriber: Subscriber, error: unknown): void {
    this.#caught(feed, error)
    this.leave({ feed, subscriber })
    this.#tellEnd(feed, subscriber)
  }

  #tellEnd(feed: SessionFeed, subscriber: Subscriber): void {
    try {
      subscriber.ended()
    } catch (error) {
      this.#caught(feed, error)
    }
  }

  #caught(feed: SessionFeed, err: unknown): void {
    const { meter, log } = this.#options
    meter.caught(1, { door: 'subscriber' })
    log.error({ err, session: feed.sessionId }, 'caught at a subscriber of a session')
  }

  /** The store let in somebody who had joined before: brings the feed up to what it gave, and asks a remote owner for more. */
  opened({ feed, subscriber, version }: Joined, { session, running }: Snapshot, messages: readonly Message[]): void {
    const { address, bus, store } = this.#options
    feed.admit(subscriber)
    this.refreshed(feed.sessionId, session.ttlSeconds)
    feed.show(messages, session.version)
    // What the store had lost may be brought back: that is news to nobody but them.
    if (store.backend === 'memory' || session.version < version) feed.oweSync()
    this.#readAgainIfOutdated(feed)
    if (running !== null && running.owner !== address) {
      bus.send(running.owner, { kind: 'watch', sessionId: feed.sessionId, watcher: address })
    }
  }

  /** The session's TTL was set again. */
  refreshed(sessionId: string, ttlSeconds: number): void {
    const feed = this.#feeds.get(sessionId)
    if (feed !== undefined) feed.expiresAt = this.#options.clock.now() + ttlSeconds * 1000
  }

  /** Tells the subscribers here, and those of the other replicas among `watchers`. */
  message(sessionId: string, change: Change, watchers: Iterable<string>): void {
    this.#feeds.get(sessionId)?.message(change)
    const { address, bus } = this.#options
    for (const watcher of watchers)
      if (watcher !== address) bus.send(watcher, { kind: 'message', sessionId, ...change })
  }

  /** The session goes on by what this replica has of it. */
  rebase(sessionId: string, messages: readonly Message[]): void {
    this.#feeds.get(sessionId)?.rebase(messages)
  }

  /** The session may have changed without its subscribers here having been told of each change. */
  look(sessionId: string): void {
    const feed = this.#feeds.get(sessionId)
    if (feed !== undefined) void this.#lookBack(feed)
  }

  /**
   * Resolves once the subscribers were told all that is known here, and the end of an answer that seems to run; where the store
   * cannot be read, after a second and a half.
   */
  async catchUp(sessionId: string): Promise<void> {
    const feed = this.#feeds.get(sessionId)
    if (feed === undefined) return
    if (feed.expecting) void this.#look(feed)
    if (!feed.reading) return
    const isLive = async () => {
      while (feed.reading) await feed.live() // one reading may have made another necessary
    }
    await within(this.#options.clock, CATCH_UP_MS, isLive())
  }

  /**
   * As `look`, but not for a session of whose answer something is expected: that tells, or its silence makes this replica look.
   * Resolves once it is read, or its turn is over.
   */
  async lookAtRest(sessionId: string): Promise<void> {
    const feed = this.#feeds.get(sessionId)
    if (feed !== undefined && !feed.expecting) await this.#inTurn(this.#look(feed))
  }

  /** What the store holds stands; what was told of the session above `after` was provisional (G4). */
  replace(session: StoredSession, messages: readonly Message[], after: number): void {
    const feed = this.#feeds.get(session.id)
    if (feed === undefined) return
    this.refreshed(session.id, session.ttlSeconds)
    feed.replace(messages, session.version, after)
    void this.#look(feed) // what other replicas wrote while the reply was on its way was heard too early
  }

  /**
   * Bus messages may have been lost, and what the store held: every session is read again. And once more when nothing can come
   * any more that was sent before: it would be taken for news, though the store has lost it.
   */
  async rereadAll(): Promise<void> {
    this.#rereadsLater ??= this.#options.clock.after(LATE_NEWS_MS, () => {
      this.#rereadsLater = null
      void this.#rereadAllNow()
    })
    await this.#rereadAllNow()
  }

  async #rereadAllNow(): Promise<void> {
    await concurrently(REREADS_AT_ONCE, [...this.#feeds.values()], (feed) => this.#inTurn(this.#lookBack(feed)))
  }

  /** The session seems to be gone: the next sweep asks once more, and tells. */
  doubt(sessionId: string): void {
    const feed = this.#feeds.get(sessionId)
    if (feed !== undefined) feed.expiresAt = this.#options.clock.now()
  }

  delta(delta: Delta, watchers: Iterable<string>): void {
    this.#feeds.get(delta.sessionId)?.delta(delta)
    for (const watcher of watchers) this.#options.bus.send(watcher, { kind: 'delta', ...delta })
  }

  /** Says what goes on with an answer while no text of it comes (F7). */
  activity(event: Activity, watchers: Iterable<string>): void {
    const { sessionId } = event
    this.#feeds.get(sessionId)?.activity(event)
    for (const watcher of watchers) this.#options.bus.send(watcher, { kind: 'activity', sessionId, event })
  }

  /** The session is gone; its subscribers are let go. */
  end(sessionId: string): void {
    const feed = this.#feeds.get(sessionId)
    if (feed !== undefined) this.#end(feed)
  }

  close(): void {
    this.#sweep.cancel()
    this.#rereadsLater?.cancel()
  }

  #isLive(feed: SessionFeed): boolean {
    return this.#feeds.get(feed.sessionId) === feed
  }

  #gone(feed: SessionFeed): void {
    const { onGone, sockets } = this.#options
    onGone(feed.sessionId)
    sockets.end(feed.sessionId, 'expired', 'here')
    this.#end(feed)
  }

  #end(feed: SessionFeed): void {
    feed.isOver = true
    // Its sockets may have left by what they were just told.
    if (this.#isLive(feed)) this.#forget(feed)
  }

  #forget(feed: SessionFeed): void {
    this.#feeds.delete(feed.sessionId)
    for (const subscriber of feed.members) {
      feed.remove(subscriber)
      this.#tellEnd(feed, subscriber)
    }
    this.#options.meter.sessionsOpen(-1)
  }

  /** Something between what was told and what has come is missing. */
  #repair(feed: SessionFeed): void {
    this.#options.meter.gaps(1)
    void this.#reread(feed)
  }

  /** Reads the session, and of what was told before whatever may have changed. */
  #lookBack(feed: SessionFeed): Promise<void> {
    feed.looksBack = true
    return this.#look(feed)
  }

  /** Reads the session, after the reading that is under way if there is one. */
  async #look(feed: SessionFeed): Promise<void> {
    if (feed.reading) feed.isOutdated = true
    else if (this.#isLive(feed)) await this.#reread(feed)
  }

  /** Reads until the subscribers could be told what the store holds, or the session is gone. */
  async #reread(feed: SessionFeed): Promise<void> {
    const { store, clock, log, bus, address, onOwner } = this.#options
    const reading = feed.startReading()
    try {
      const snapshot = await store.read({ sessionId: feed.sessionId, after: feed.newsAfter, watch: feed.watch })
      if (snapshot !== null) {
        const { session, running } = snapshot
        if (running !== null) onOwner(feed.sessionId, running.owner)
        if (running !== null && running.owner !== address)
          bus.send(running.owner, { kind: 'watch', sessionId: feed.sessionId, watcher: address })
        const messages = withRunningText(snapshot.messages ?? [], running)
        if (store.backend === 'memory') feed.showCopy(messages, session.version)
        else feed.show(messages, session.version, reading)
        return this.#readAgainIfOutdated(feed)
      }
      this.doubt(feed.sessionId)
    } catch (err) {
      log[retryLevel(err)]({ err, session: feed.sessionId }, 'reading a session again failed, trying again')
    }
    clock.after(RECHECK_MS, () => this.#rereadSoon(feed))
  }

  /** A few at a time: after an outage all are due at once. */
  #rereadSoon(feed: SessionFeed): void {
    this.#due.add(feed)
    if (this.#rereading < REREADS_AT_ONCE) void this.#rereadNext()
  }

  async #rereadNext(): Promise<void> {
    this.#rereading++
    for (const feed of this.#due) {
      this.#due.delete(feed)
      if (this.#isLive(feed)) await this.#inTurn(this.#reread(feed))
    }
    this.#rereading--
  }

  async #inTurn(reading: Promise<void>): Promise<void> {
    await within(this.#options.clock, TURN_MS, reading)
  }

  #readAgainIfOutdated(feed: SessionFeed): void {
    if (feed.reading) return
    const isDue = feed.isOutdated || this.#owesSync(feed)
    feed.isOutdated = false
    if (isDue) void this.#reread(feed)
  }

  /** Its subscribers can be given what the store holds, or compared with it. */
  #owesSync(feed: SessionFeed): boolean {
    return (feed.lacksSync || feed.isUnchecked) && this.#options.store.backend !== 'memory'
  }

  /** Bus messages may be lost: an answer that is expected from elsewhere and was not heard of for a while is looked up. */
  #rereadDue(): void {
    for (const feed of this.#feeds.values()) {
      const isSilent = feed.expecting && !feed.heard
      if ((isSilent || this.#owesSync(feed)) && !feed.reading) this.#rereadSoon(feed)
      feed.startCheck()
    }
  }
}
