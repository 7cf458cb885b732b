import { type Clock, isoNow } from '../ports/clock.ts'
import type { PageRequest, SessionPage, SessionStore, Snapshot, StoredSession } from '../ports/session-store.ts'
import type { Subscriber } from '../ports/subscriber.ts'
import { BatonError } from '../protocol/errors.ts'
import type { History, HistoryRequest, MessageRef, Opened, OpenRequest } from '../protocol/events.ts'
import { DEFAULT_HISTORY_LIMIT, MAX_MESSAGES_BYTES } from '../protocol/limits.ts'
import type { Backend, Message, SessionInfo } from '../protocol/message.ts'
import { replicaOf } from '../session/address.ts'
import { withRunningText } from '../session/running-text.ts'
import { weightOfValue } from '../session/weight.ts'
import type { Admission } from './admission.ts'
import type { Caller, EndedAnswer, Subscription } from './api.ts'
import { AwaitedAnswer } from './awaited-answer.ts'
import { newestThatFit } from './follow/newest.ts'
import type { SessionCache } from './follow/session-cache.ts'
import { copyOf, reaches } from './follow/session-copy.ts'
import type { SessionFeeds } from './follow/session-feeds.ts'
import { checkOwner, checkUserKnown, notFound, orOverloaded, unreachable, userOf } from './guards.ts'

export interface SessionDeps {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly store: SessionStore
  readonly cache: SessionCache
  readonly feeds: SessionFeeds
  readonly admission: Admission
  readonly clock: Clock
  readonly newId: () => string
  /** Whether a user id is believed that no token confirms (X3). */
  readonly trustUserIds: boolean
  readonly maxSessionsPerUser: number
  /** The user has too many sessions: this one goes (X6). */
  onExcess(sessionId: string): Promise<void>
  /** A session was read whose answer another replica owns, or this one by a claim that it does not know of. */
  onOwner(sessionId: string, owner: string): void
}

interface SubscriptionFrom extends Subscription {
  /** Where it was read, as the feed knew in the same turn: what came from memory is owed again (G6). */
  readonly backend: Backend
  /** Of the oldest message that the session holds. */
  readonly firstSeq: number
  /** Upper bound of what the messages weigh, in bytes. */
  readonly weight: number
}

/** The use cases of sessions: open, follow, look. Each is a call to the store and the telling of who follows. */
export class Sessions {
  readonly #deps: SessionDeps

  constructor(deps: SessionDeps) {
    this.#deps = deps
  }

  async open(
    caller: Caller,
    request: OpenRequest,
    subscriberFor: ((sessionId: string) => Subscriber) | null,
    purpose = async (_sessionId: string) => {},
  ): Promise<Opened & { subscription: Subscription | null }> {
    const userId = userOf(caller, request.userId)
    const sessionId =
      request.sessionId ?? (request.resume === 'latest' ? await this.#latestOf(caller, userId) : undefined)
    const { after = 0, maxBytes } = request
    const resumed = sessionId === undefined ? null : await this.#resume(caller, sessionId, after, subscriberFor)
    if (resumed !== null)
      return { ...this.#opened(resumed, true, resumed.backend), ...snapshotOf(resumed, after, maxBytes) }
    const made = await this.#make(caller, userId, subscriberFor, purpose)
    if (userId !== null) await this.#makeRoom(userId, made.session.id)
    return this.#opened(made, false, this.#deps.store.backend)
  }

  /** The next new session makes room where this one cannot. */
  async #makeRoom(userId: string, newId: string): Promise<void> {
    const { store, maxSessionsPerUser, onExcess } = this.#deps
    await attempted(async () => {
      const excess = await orOverloaded(store.trimSessionsOf(userId, maxSessionsPerUser, newId))
      await Promise.all(excess.map((id) => attempted(() => onExcess(id))))
    })
  }

  #opened(subscription: Subscription, resumed: boolean, backend: Backend): Opened & { subscription: Subscription } {
    const { session, messages } = subscription
    return { session, resumed, messages, after: 0, replica: replicaOf(this.#deps.address), backend, subscription }
  }

  async #latestOf(caller: Caller, userId: string | null): Promise<string | undefined> {
    checkUserKnown(caller, this.#deps.trustUserIds, 'resume')
    if (userId === null) throw new BatonError('invalid', 'userId: is needed to resume the latest session')
    const { store } = this.#deps
    const { sessions } = await orOverloaded(store.sessionsOf(userId, { before: null, limit: 1 }))
    if (store.isSettling) throw unreachable()
    return sessions[0]?.id
  }

  /** Null where there is no such session and a new one may take its place; another user's is refused instead (X3). */
  async #resume(
    caller: Caller,
    sessionId: string,
    after: number,
    subscriberFor: ((sessionId: string) => Subscriber) | null,
  ): Promise<SubscriptionFrom | null> {
    const subscription = await this.#follow(caller, sessionId, after, subscriberFor?.(sessionId) ?? null)
    if (subscription !== null) return subscription
    if (caller.user !== null && (await this.#exists(caller, sessionId))) throw notFound()
    if (this.#deps.store.isSettling) throw unreachable()
    this.#deps.cache.drop(sessionId)
    return null
  }

  /** Where the store cannot say, a copy of another user's session does. */
  async #exists(caller: Caller, sessionId: string): Promise<boolean> {
    const { store, cache } = this.#deps
    try {
      const [ms = 0] = await orOverloaded(store.remaining([sessionId]))
      return ms > 0
    } catch (error) {
      const copy = cache.get(sessionId)
      if (copy !== undefined) checkOwner(caller, copy.session)
      throw error
    }
  }

  /** A session of what the caller may make, which is given back where it could not be made, or was made in vain. */
  async #make(
    caller: Caller,
    userId: string | null,
    subscriberFor: ((sessionId: string) => Subscriber) | null,
    purpose: (sessionId: string) => Promise<void>,
  ): Promise<Subscription> {
    const giveBack = await this.#deps.admission.session(caller)
    try {
      const made = await this.#create(userId, subscriberFor)
      await purpose(made.session.id)
      return made
    } catch (error) {
      await giveBack()
      throw error
    }
  }

  async #create(
    userId: string | null,
    subscriberFor: ((sessionId: string) => Subscriber) | null,
  ): Promise<Subscription> {
    const { store, feeds, cache, clock, newId } = this.#deps
    const id = newId()
    const subscriber = subscriberFor?.(id) ?? null
    const joined = subscriber === null ? null : feeds.join(id, subscriber)
    try {
      const watch = joined?.feed.watch ?? null
      const session = await orOverloaded(store.create({ id, userId, createdAt: isoNow(clock) }, watch))
      const snapshot: Snapshot = { session, messages: [], running: null }
      cache.set(copyOf(session, []))
      if (joined !== null) feeds.opened(joined, snapshot, [])
      return {
        session: infoOf(session),
        messages: [],
        close: () => joined && feeds.leave(joined),
      }
    } catch (error) {
      if (joined !== null) feeds.leave(joined)
      throw error
    }
  }

  /** With the messages above `after`, as far as one reply carries them, and perhaps more. */
  async #follow(
    caller: Caller,
    sessionId: string,
    after: number,
    subscriber: Subscriber | null,
  ): Promise<SubscriptionFrom | null> {
    const { store, feeds, cache } = this.#deps
    const rejoins = subscriber !== null && feeds.has(sessionId, subscriber)
    const joined = subscriber === null ? null : feeds.join(sessionId, subscriber)
    const close = () => {
      if (joined !== null) feeds.leave(joined)
    }
    try {
      const known = cache.get(sessionId)
      const snapshot = await orOverloaded(
        store.open({
          sessionId,
          userId: caller.user,
          watch: joined?.feed.watch ?? null,
          known: known !== undefined && reaches(known, after) ? known.session : null,
          window: { after, bytes: MAX_MESSAGES_BYTES },
        }),
      )
      // It may have been cleared while the reply was on its way, which was told to those that were here.
      if (snapshot === null || joined?.feed.isOver) {
        close()
        return null
      }
      if (snapshot.running !== null) this.#deps.onOwner(sessionId, snapshot.running.owner)
      const copy =
        snapshot.messages === null && known !== undefined
          ? { ...known, session: snapshot.session }
          : copyOf(snapshot.session, snapshot.messages ?? [])
      cache.set(copy)
      const messages = withRunningText(copy.messages, snapshot.running)
      if (joined === null) feeds.refreshed(sessionId, snapshot.session.ttlSeconds)
      else feeds.opened(joined, snapshot, messages)
      const { firstSeq } = snapshot.session
      const weight = copy.weight + weightOfValue(snapshot.running?.text)
      return { session: infoOf(snapshot.session), messages, weight, firstSeq, backend: store.backend, close }
    } catch (error) {
      if (!rejoins) close()
      throw error
    }
  }

  async follow(caller: Caller, sessionId: string, subscriber: Subscriber): Promise<Subscription> {
    const subscription = await this.#follow(caller, sessionId, 0, subscriber)
    if (subscription === null) throw this.missing(caller, sessionId)
    return subscription
  }

  async history(caller: Caller, request: HistoryRequest): Promise<History & { session: SessionInfo }> {
    const { sessionId, before = Number.MAX_SAFE_INTEGER, limit = DEFAULT_HISTORY_LIMIT } = request
    const wanted = { sessionId, before, limit, bytes: MAX_MESSAGES_BYTES, userId: caller.user }
    const page = await orOverloaded(this.#deps.store.page(wanted))
    if (page === null) throw this.missing(caller, sessionId)
    const { session } = page
    const messages = newestThatFit(await this.#asItIs(sessionId, page.messages))
    const oldest = messages[0]?.seq ?? session.firstSeq
    return { messages, hasMore: oldest > session.firstSeq, session: infoOf(session) }
  }

  /** A running answer is the newest of its session, and stored without its text. */
  async #asItIs(sessionId: string, messages: readonly Message[]): Promise<readonly Message[]> {
    const newest = messages.at(-1)
    if (newest?.status !== 'streaming') return messages
    const snapshot = await orOverloaded(this.#deps.store.read({ sessionId, after: newest.seq - 1 }))
    const now = withRunningText(snapshot?.messages ?? [], snapshot?.running ?? null).find(({ id }) => id === newest.id)
    return [...messages.slice(0, -1), now ?? newest]
  }

  async extend(caller: Caller, sessionId: string): Promise<number> {
    await this.#checkCaller(caller, sessionId)
    const ttlSeconds = await orOverloaded(this.#deps.store.extend(sessionId))
    if (ttlSeconds === null) throw this.missing(caller, sessionId)
    this.#deps.feeds.refreshed(sessionId, ttlSeconds)
    this.#deps.cache.refreshed(sessionId)
    return ttlSeconds
  }

  async look(
    caller: Caller,
    sessionId: string,
    after = 0,
  ): Promise<{ session: SessionInfo; messages: readonly Message[] }> {
    const { session, messages, running } = await this.read(caller, sessionId, after)
    return { session: infoOf(session), messages: withRunningText(messages ?? [], running) }
  }

  async stats(caller: Caller, sessionId: string): Promise<SessionInfo & { sizeBytes: number }> {
    const { session } = await this.look(caller, sessionId, Number.MAX_SAFE_INTEGER)
    return { ...session, sizeBytes: await orOverloaded(this.#deps.store.sizeOf(sessionId)) }
  }

  async ownerOf(caller: Caller, sessionId: string): Promise<string | null> {
    const { running } = await this.read(caller, sessionId, Number.MAX_SAFE_INTEGER)
    return running === null ? null : replicaOf(running.owner)
  }

  async list(caller: Caller, userId: string | undefined, page: PageRequest): Promise<SessionPage> {
    checkUserKnown(caller, this.#deps.trustUserIds, 'user_id')
    const user = userOf(caller, userId)
    if (user === null) throw new BatonError('invalid', 'user_id: is needed to list sessions')
    return orOverloaded(this.#deps.store.sessionsOf(user, page))
  }

  async answerOf(caller: Caller, sessionId: string, messageId: string, signal: AbortSignal): Promise<EndedAnswer> {
    const message = await this.#finalOf(caller, sessionId, messageId, signal)
    return { message, ...(await orOverloaded(this.#deps.store.ended(sessionId, message.id))) }
  }

  async #finalOf(caller: Caller, sessionId: string, messageId: string, signal: AbortSignal): Promise<Message> {
    const answer = new AwaitedAnswer(messageId)
    const subscription = await this.follow(caller, sessionId, answer)
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      signal.throwIfAborted()
      answer.opened(subscription.messages)
      return await Promise.race([answer.end, aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
      subscription.close()
    }
  }

  /** Rejects where there is no such session, or it is not the caller's. */
  read(caller: Caller, sessionId: string, after: number): Promise<Snapshot> {
    return this.#found(caller, sessionId, this.#deps.store.read({ sessionId, after, userId: caller.user }))
  }

  /** Of the messages the one of that id alone, where there is one. */
  find(caller: Caller, { sessionId, messageId }: MessageRef): Promise<Snapshot> {
    return this.#found(caller, sessionId, this.#deps.store.find({ sessionId, messageId, userId: caller.user }))
  }

  async #found(caller: Caller, sessionId: string, reading: Promise<Snapshot | null>): Promise<Snapshot> {
    const snapshot = await orOverloaded(reading)
    if (snapshot === null) throw this.missing(caller, sessionId)
    return snapshot
  }

  /**
   * The store lacks the session for this caller. Where it is theirs, or callers are no users, it is gone: no copy of it is to
   * be served, and written back, when the store is away (G1).
   */
  missing({ user }: Caller, sessionId: string): BatonError {
    const { store, cache } = this.#deps
    if (store.isSettling) return unreachable()
    if (user === null || cache.get(sessionId)?.session.userId === user) cache.drop(sessionId)
    return notFound()
  }

  async #checkCaller(caller: Caller, sessionId: string): Promise<void> {
    if (caller.user !== null) await this.read(caller, sessionId, Number.MAX_SAFE_INTEGER)
  }
}

/** Does what need not succeed; only a bug is told. */
async function attempted(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof BatonError)) throw error
  }
}

/**
 * What a client is given that asked for what is above `asked`: all of it where the session does not reach that far, because
 * then it is not the one that the client knew (D3), and only the newest where it would be too much (E).
 */
function snapshotOf(
  { messages, firstSeq, weight }: Pick<SubscriptionFrom, 'messages' | 'firstSeq' | 'weight'>,
  asked: number,
  maxBytes?: number,
): Pick<Opened, 'messages'> & { after: number } {
  const from = asked > (messages.at(-1)?.seq ?? 0) ? 0 : asked
  const wanted = from === 0 ? messages : messages.filter(({ seq }) => seq > from)
  const fitting = newestThatFit(wanted, weight, maxBytes)
  const oldest = fitting[0]?.seq ?? 0
  return { messages: fitting, after: oldest > Math.max(firstSeq, from + 1) ? oldest - 1 : from }
}

/** The session as clients see it. */
function infoOf(session: StoredSession): SessionInfo {
  return {
    id: session.id,
    userId: session.userId,
    createdAt: session.createdAt,
    lastActivity: session.lastActivity,
    messageCount: Math.max(0, session.lastSeq - session.firstSeq + 1),
    ttlSeconds: session.ttlSeconds,
  }
}
