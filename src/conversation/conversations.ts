import { randomUUID } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import { isoNow } from '../ports/clock.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { ReplicaLink } from '../ports/replica-link.ts'
import type { SessionListener } from '../ports/session-listener.ts'
import type { SessionSockets } from '../ports/session-sockets.ts'
import {
  type Claimed,
  type Draft,
  type SessionStore,
  type Snapshot,
  type Started,
  type StoredSession,
  StoreUnavailable,
} from '../ports/session-store.ts'
import { BatonError } from '../protocol/errors.ts'
import type { History, HistoryRequest, MessageRef, Opened, OpenRequest, SendRequest, Sent } from '../protocol/events.ts'
import { DEFAULT_HISTORY_LIMIT } from '../protocol/limits.ts'
import type { Message, SessionInfo } from '../protocol/message.ts'
import type { Answering } from './answering.ts'
import type { Caller, ConversationApi, Following } from './api.ts'
import { infoOf, replicaOf, withRunningText } from './compose.ts'
import type { SessionCopies } from './copies.ts'
import type { Feeds } from './feeds.ts'
import { OwnedAnswer } from './owned-answer.ts'
import { turnsOf } from './prompt.ts'
import { copyOf, isWhole, withAdded } from './session-copy.ts'

/** How often a change that lost a race against another replica is tried again before the caller is asked to. */
const RACE_LIMIT = 5

export interface ConversationsOptions {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly store: SessionStore
  readonly copies: SessionCopies
  readonly feeds: Feeds
  readonly answering: Answering
  readonly link: ReplicaLink
  readonly sockets: SessionSockets
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly contextMessages: number
  readonly maxContentBytes: number
}

/** The use cases. Every path here is a few calls to the store and the telling of who follows. */
export class Conversations implements ConversationApi {
  readonly #o: ConversationsOptions

  constructor(options: ConversationsOptions) {
    this.#o = options
  }

  async open(
    caller: Caller,
    request: OpenRequest,
    listenerFor: ((sessionId: string) => SessionListener) | null,
  ): Promise<Opened & { following: Following | null }> {
    const userId = userOf(caller, request.userId)
    const sessionId = request.sessionId ?? (request.resume === 'latest' ? await this.#latestOf(userId) : undefined)
    const resumed = sessionId === undefined ? null : await this.#resume(caller, sessionId, listenerFor)
    if (resumed !== null) {
      return { ...this.#opened(resumed, true), messages: resumed.messages.filter((m) => m.seq > (request.after ?? 0)) }
    }
    return this.#opened(await this.#create(userId, listenerFor), false)
  }

  #opened(following: Following, resumed: boolean): Opened & { following: Following } {
    const { address, store } = this.#o
    const { session, messages } = following
    return { session, resumed, messages, replica: replicaOf(address), backend: store.backend, following }
  }

  async #latestOf(userId: string | null): Promise<string | undefined> {
    if (userId === null) throw new BatonError('invalid', 'userId: is needed to resume the latest session')
    return (await this.#stored(() => this.#o.store.sessionsOf(userId)))[0]?.id
  }

  /** Null where there is no such session and a new one may take its place; another user's is refused instead (X3). */
  async #resume(
    caller: Caller,
    sessionId: string,
    listenerFor: ((sessionId: string) => SessionListener) | null,
  ): Promise<Following | null> {
    const following = await this.#follow(caller, sessionId, listenerFor?.(sessionId) ?? null)
    if (following !== null || caller.user === null) return following
    const owned = await this.#stored(() => this.#o.store.remaining([sessionId]))
    if ((owned[0] ?? 0) > 0) throw notFound()
    return null
  }

  async #create(
    userId: string | null,
    listenerFor: ((sessionId: string) => SessionListener) | null,
  ): Promise<Following> {
    const { store, feeds, copies, address, clock } = this.#o
    const id = randomUUID()
    const listener = listenerFor?.(id) ?? null
    const feed = listener === null ? null : feeds.join(id, listener)
    try {
      const watcher = feed === null ? null : address
      const session = await this.#stored(() => store.create({ id, userId, createdAt: isoNow(clock) }, watcher))
      const snapshot: Snapshot = { session, messages: [], running: null }
      copies.set(copyOf(snapshot, undefined))
      if (feed !== null) feeds.opened(feed, snapshot, [])
      return { session: infoOf(session), messages: [], close: () => feed && listener && feeds.leave(feed, listener) }
    } catch (error) {
      if (feed !== null && listener !== null) feeds.leave(feed, listener)
      throw error
    }
  }

  async #follow(caller: Caller, sessionId: string, listener: SessionListener | null): Promise<Following | null> {
    const { store, feeds, copies, address } = this.#o
    const rejoins = listener !== null && feeds.has(sessionId, listener)
    const feed = listener === null ? null : feeds.join(sessionId, listener)
    const close = () => {
      if (feed !== null && listener !== null) feeds.leave(feed, listener)
    }
    try {
      const known = copies.get(sessionId)
      const snapshot = await this.#stored(() =>
        store.open({
          sessionId,
          userId: caller.user,
          watcher: feed === null ? null : address,
          knownVersion: known !== undefined && isWhole(known) ? known.session.version : null,
        }),
      )
      if (snapshot === null) {
        close()
        return null
      }
      const copy = copyOf(snapshot, known)
      copies.set(copy)
      const messages = withRunningText(copy.messages, snapshot.running)
      if (feed === null) feeds.refreshed(sessionId, snapshot.session.ttlSeconds)
      else feeds.opened(feed, snapshot, messages)
      return { session: infoOf(snapshot.session), messages, close }
    } catch (error) {
      if (!rejoins) close()
      throw error
    }
  }

  async follow(caller: Caller, sessionId: string, listener: SessionListener): Promise<Following> {
    const following = await this.#follow(caller, sessionId, listener)
    if (following === null) throw notFound()
    return following
  }

  async send(caller: Caller, request: SendRequest): Promise<Sent> {
    checkContent(request.content, this.#o.maxContentBytes)
    const key = caller.user ?? caller.address
    const waitMs = await this.#o.limiter.take(key)
    if (waitMs !== null) return this.#repeatOf(caller, request, waitMs)

    const { store, copies, address, clock, contextMessages } = this.#o
    const createdAt = isoNow(clock)
    const message: Draft = {
      id: request.id,
      role: 'user',
      content: request.content.toWellFormed(),
      status: 'complete',
      attempt: 1,
      createdAt,
      metadata: request.metadata ?? {},
    }
    const answer: Draft = {
      ...message,
      id: randomUUID(),
      role: 'assistant',
      content: '',
      status: 'streaming',
      metadata: {},
    }
    const known = copies.get(request.sessionId)
    const begun = await this.#stored(() =>
      store.begin({
        sessionId: request.sessionId,
        userId: caller.user,
        message,
        answer,
        owner: address,
        knownVersion: known?.session.version ?? null,
        contextSize: contextMessages,
      }),
    )
    if (begun.kind !== 'started') await this.#o.limiter.giveBack(key)
    switch (begun.kind) {
      case 'missing':
        throw notFound()
      case 'busy':
        throw busy()
      case 'repeated':
        return this.#sent(begun.message, begun.answer)
      case 'started': {
        const stored = withSeq(message, begun.seq - 1)
        const empty = withSeq(answer, begun.seq)
        const before =
          begun.context === null ? (known?.messages ?? []) : begun.context.filter((m) => m.id !== message.id)
        copies.set(withAdded(begun.session, before, [stored, empty]))
        this.#start(begun, empty, [...before, stored], [stored, empty])
        return this.#sent(stored, empty)
      }
    }
  }

  #sent(message: Message, answer: Message): Sent {
    const { backend } = this.#o.store
    return { message, answer, persisted: backend === 'redis', backend }
  }

  /** Over the limit only what was acknowledged before may be asked again (M2, X5). */
  async #repeatOf(caller: Caller, request: SendRequest, retryAfterMs: number): Promise<Sent> {
    const { messages } = await this.look(caller, request.sessionId)
    const at = messages.findIndex((message) => message.id === request.id && message.role === 'user')
    const [message, answer] = messages.slice(at, at + 2)
    if (at >= 0 && message !== undefined && answer !== undefined) return this.#sent(message, answer)
    throw new BatonError('rate_limited', 'too many messages, wait before the next one', { retryAfterMs })
  }

  /** An answer slot was claimed for this replica: everybody is told what is new, and the model is asked. */
  #start(started: Started, empty: Message, context: readonly Message[], news: readonly Message[]): void {
    const { feeds, answering, clock, contextMessages } = this.#o
    const { session, watchers, epoch } = started
    const others = watchers.filter((watcher) => watcher !== this.#o.address)
    feeds.refreshed(session.id, session.ttlSeconds)
    for (const message of news) feeds.message(session.id, message, others)
    const answer = new OwnedAnswer({
      sessionId: session.id,
      message: empty,
      epoch,
      startedAt: clock.now(),
      watchers: others,
    })
    answering.start(answer, turnsOf(context, contextMessages))
  }

  async stop(caller: Caller, { sessionId, messageId }: MessageRef): Promise<Message> {
    for (let race = 0; race < RACE_LIMIT; race++) {
      const snapshot = await this.#read(caller, sessionId)
      const message = withRunningText(snapshot.messages ?? [], snapshot.running).find((m) => m.id === messageId)
      if (message === undefined) throw new BatonError('message_not_found', 'messageId: no such message in this session')
      if (message.role !== 'assistant') throw new BatonError('invalid', 'messageId: only an answer can be stopped')
      const { running } = snapshot
      if (running === null || running.messageId !== messageId) {
        if (message.status !== 'streaming') return message
        continue
      }
      const own = this.#o.answering.of(sessionId)
      const stopped = await (own !== undefined && own.epoch === running.epoch
        ? this.#o.answering.stop(own)
        : this.#stopElsewhere(sessionId, running.epoch, running.owner))
      if (stopped !== null) return stopped
    }
    throw raced()
  }

  /** Takes the answer from its owner, who may be unable to answer, and ends it here (D7, F1). */
  async #stopElsewhere(sessionId: string, epoch: number, owner: string): Promise<Message | null> {
    const { store, address, link, answering } = this.#o
    const claimed = await this.#stored(() => store.claim({ sessionId, epoch, owner: address }))
    if (claimed.kind === 'fenced') return null
    link.send(owner, { kind: 'fenced', sessionId, epoch })
    return answering.endAsStopped(ownedBy(sessionId, claimed, address))
  }

  async regenerate(caller: Caller, { sessionId, messageId }: MessageRef): Promise<Message> {
    const waitMs = await this.#o.limiter.take(caller.user ?? caller.address)
    if (waitMs !== null) {
      throw new BatonError('rate_limited', 'too many messages, wait before the next one', { retryAfterMs: waitMs })
    }
    const { store, address, contextMessages, copies, clock } = this.#o
    for (let race = 0; race < RACE_LIMIT; race++) {
      const snapshot = await this.#read(caller, sessionId)
      const messages = snapshot.messages ?? []
      const last = lastAnswer(messages, messageId)
      if (snapshot.running !== null) throw busy()
      const answer: Message = {
        ...last,
        content: '',
        status: 'streaming',
        attempt: last.attempt + 1,
        createdAt: isoNow(clock),
        metadata: {},
      }
      const { version } = snapshot.session
      const started = await this.#stored(() =>
        store.regenerate({ sessionId, answer, owner: address, version, contextSize: contextMessages }),
      )
      if (started.kind === 'missing') throw notFound()
      if (started.kind === 'busy') throw busy()
      if (started.kind === 'conflict') continue
      const before = messages.slice(0, -1)
      copies.set(withAdded(started.session, before, [answer]))
      this.#start(started, answer, before, [answer])
      return answer
    }
    throw raced()
  }

  async history(caller: Caller, request: HistoryRequest): Promise<History & { session: SessionInfo }> {
    const { sessionId, before = Number.MAX_SAFE_INTEGER, limit = DEFAULT_HISTORY_LIMIT } = request
    const page = await this.#stored(() => this.#o.store.page(sessionId, before, limit))
    if (page === null) throw notFound()
    checkOwner(caller, page.session)
    const { session, messages } = page
    const oldest = messages[0]?.seq ?? session.firstSeq
    return { messages, hasMore: oldest > session.firstSeq, session: infoOf(session) }
  }

  async extend(caller: Caller, sessionId: string): Promise<number> {
    await this.#checkCaller(caller, sessionId)
    const ttlSeconds = await this.#stored(() => this.#o.store.extend(sessionId))
    if (ttlSeconds === null) throw notFound()
    this.#o.feeds.refreshed(sessionId, ttlSeconds)
    return ttlSeconds
  }

  async clear(caller: Caller, sessionId: string): Promise<void> {
    const { store, sockets, feeds, copies, answering } = this.#o
    const { running } = await this.#read(caller, sessionId)
    const own = answering.of(sessionId)
    if (running !== null) {
      if (own?.epoch === running.epoch) await answering.stop(own)
      else await this.#stopElsewhere(sessionId, running.epoch, running.owner)
    }
    const existed = await this.#stored(() => store.clear(sessionId))
    copies.drop(sessionId)
    sockets.end(sessionId, 'cleared', 'everywhere')
    feeds.end(sessionId)
    if (!existed) throw notFound()
  }

  async look(
    caller: Caller,
    sessionId: string,
    after = 0,
  ): Promise<{ session: SessionInfo; messages: readonly Message[] }> {
    const { session, messages, running } = await this.#read(caller, sessionId, after)
    return { session: infoOf(session), messages: withRunningText(messages ?? [], running) }
  }

  async stats(caller: Caller, sessionId: string): Promise<SessionInfo & { sizeBytes: number }> {
    const { session } = await this.look(caller, sessionId)
    return { ...session, sizeBytes: await this.#stored(() => this.#o.store.sizeOf(sessionId)) }
  }

  async list(caller: Caller, userId: string | undefined): Promise<readonly StoredSession[]> {
    const user = userOf(caller, userId)
    if (user === null) throw new BatonError('invalid', 'user_id: is needed to list sessions')
    return this.#stored(() => this.#o.store.sessionsOf(user))
  }

  async answerOf(caller: Caller, sessionId: string, messageId: string, signal: AbortSignal): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>()
    const check = (message: Message): void => {
      if (message.id === messageId && message.status !== 'streaming') resolve(message)
    }
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    const listener = {
      message: (event: { message: Message }) => check(event.message),
      delta: () => {},
      ended: () => reject(notFound()),
    }
    const following = await this.follow(caller, sessionId, listener)
    try {
      for (const message of following.messages) check(message)
      return await promise
    } finally {
      signal.removeEventListener('abort', abort)
      following.close()
    }
  }

  async #read(caller: Caller, sessionId: string, after = 0): Promise<Snapshot> {
    const snapshot = await this.#stored(() => this.#o.store.read(sessionId, after))
    if (snapshot === null) throw notFound()
    checkOwner(caller, snapshot.session)
    return snapshot
  }

  async #checkCaller(caller: Caller, sessionId: string): Promise<void> {
    if (caller.user !== null) await this.#read(caller, sessionId)
  }

  /** A store that cannot be asked is a gateway that cannot serve now (G1). */
  async #stored<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (cause) {
      if (!(cause instanceof StoreUnavailable)) throw cause
      throw new BatonError('overloaded', 'sessions cannot be reached right now, try again', {
        retryAfterMs: 500,
        cause,
      })
    }
  }
}

const notFound = () => new BatonError('session_not_found', 'sessionId: no such session')
const busy = () =>
  new BatonError('answer_in_progress', 'an answer is being written, wait for it or stop it', { retryAfterMs: 250 })
const raced = () => new BatonError('overloaded', 'the session changes too fast, try again', { retryAfterMs: 250 })

/** The user a session will belong to: the caller's own where callers have one (X3). */
function userOf(caller: Caller, userId: string | undefined): string | null {
  if (caller.user === null) return userId ?? null
  if (userId !== undefined && userId !== caller.user)
    throw new BatonError('forbidden', 'userId: is not the user of the token')
  return caller.user
}

function checkOwner(caller: Caller, session: StoredSession): void {
  if (caller.user !== null && session.userId !== caller.user) throw notFound()
}

function checkContent(content: string, maxBytes: number): void {
  if (content.trim() === '') throw new BatonError('invalid', 'content: must not be blank')
  if (Buffer.byteLength(content) > maxBytes)
    throw new BatonError('too_large', `content: must be at most ${maxBytes} bytes of UTF-8`)
}

function lastAnswer(messages: readonly Message[], messageId: string): Message {
  const last = messages.at(-1)
  if (last?.id === messageId && last.role === 'assistant') return last
  const known = messages.some((message) => message.id === messageId)
  if (!known) throw new BatonError('message_not_found', 'messageId: no such message in this session')
  throw new BatonError('invalid', 'messageId: only the last answer of a session can be regenerated')
}

function withSeq({ id, ...rest }: Draft, seq: number): Message {
  return { id, seq, ...rest }
}

function ownedBy(sessionId: string, { running, message, watchers }: Claimed, address: string): OwnedAnswer {
  const { epoch, startedAt, contributors, text, bookmark, attempt } = running
  return new OwnedAnswer({
    sessionId,
    message: { ...message, attempt },
    epoch,
    startedAt,
    contributors,
    text,
    bookmark,
    watchers: watchers.filter((watcher) => watcher !== address),
  })
}
