import type { Log } from '../../ports/log.ts'
import { type Meter, noMeter } from '../../ports/meter.ts'
import {
  type AppendItem,
  type AppendResult,
  type BeginRequest,
  type Busy,
  type Claimed,
  type ClaimRequest,
  type Conflict,
  type Durability,
  type EndedWatch,
  type Fenced,
  type FindRequest,
  type Finished,
  type FinishRequest,
  type IdTaken,
  LEAST_MESSAGES,
  type MessagePage,
  type MessagePageRequest,
  type Missing,
  type NewSession,
  type OpenRequest,
  type PageRequest,
  type ReadRequest,
  type RegenerateRequest,
  type Repeated,
  type Restarted,
  type RestartRequest,
  type SessionPage,
  type Snapshot,
  type Started,
  type StoredSession,
  StoreFault,
  StoreUnavailable,
  type Unknown,
  type Watch,
} from '../../ports/session-store.ts'
import type { Behind, Cleared, Reconciled, ReconcileRequest, SharedStore } from '../../ports/shared-store.ts'
import { latestFirst } from '../latest-first.ts'
import { encodeMessage } from '../message-json.ts'
import { available, isDenied, unavailable } from './available.ts'
import { Batches } from './batches.ts'
import { ClearedSessions } from './cleared-sessions.ts'
import type { RedisConnections } from './connect.ts'
import type { Keys } from './keys.ts'
import { answersAmong, type Nodes } from './nodes.ts'
import { atVersion, begun, type Evidence, ended, Replication } from './replication.ts'
import {
  type BeginReply,
  type ClaimReply,
  type ClearReply,
  claimedOf,
  type FinishReply,
  messagesOf,
  type OpenReply,
  type ReadReply,
  type ReconcileReply,
  type RegenerateReply,
  type RepeatedReply,
  type RestartReply,
  repeatedOf,
  runningOf,
  type SentReply,
  type SessionFields,
  type StartedReply,
  sessionOf,
  snapshotOf,
  startedOf,
} from './replies.ts'
import { beginArguments, reconcileArguments, regenerateArguments, stateArgument, watchArguments } from './requests.ts'
import { type Arguments, type ScriptName, Scripts } from './scripts.ts'
import { type IndexEntry, UserIndex } from './user-index.ts'

/** PTTL of a key that does not expire. */
const WITHOUT_TTL = -1

export interface RedisStoreOptions {
  readonly ttlSeconds: number
  /** Messages kept per session; at least 2. */
  readonly maxMessages: number
  /** Whether sessions are listed under their user; not where anybody may name any user: who looks would find planted ones (X3). */
  readonly indexUsers?: boolean
  readonly log: Log
  readonly meter?: Meter
  /** Called when a call on a session failed for want of Redis, with the session's key. */
  readonly onUnavailable?: (session: string) => void
}

/** Sessions in Redis, laid out as `keys.ts` says; every operation is one script of `commands/`. */
export class RedisSessionStore implements SharedStore {
  readonly backend = 'redis'
  readonly isSettling = false
  readonly #nodes: Nodes
  readonly #keys: Keys
  readonly #batches: Batches
  readonly #replication: Replication | null
  readonly #scripts: Scripts
  readonly #index: UserIndex | null
  readonly #cleared: ClearedSessions
  readonly #tryRights: () => Promise<void>
  readonly #log: Log
  readonly #onUnavailable: (session: string) => void
  readonly #ttl: number
  readonly #maxMessages: number
  /** A call was refused for want of a right, and they have not all been seen since. */
  #denied = false
  /** When `keep` last refreshed the users' indices: they live longer than it takes until it does so again. */
  #indexedAt = Number.NEGATIVE_INFINITY

  constructor(
    connections: Pick<RedisConnections, 'commands' | 'nodes' | 'keys' | 'replicas' | 'tryRights'>,
    options: RedisStoreOptions,
  ) {
    this.#nodes = connections.nodes
    this.#keys = connections.keys
    this.#replication = connections.replicas && new Replication(connections.replicas, this.#keys, options.ttlSeconds)
    this.#scripts = new Scripts(connections, options.meter ?? noMeter)
    this.#batches = new Batches(connections, this.#scripts, options.ttlSeconds)
    const indexUsers = options.indexUsers ?? true
    this.#index = indexUsers ? new UserIndex(connections, this.#scripts, options.ttlSeconds, options.log) : null
    this.#cleared = new ClearedSessions(connections)
    this.#tryRights = connections.tryRights
    this.#log = options.log
    this.#onUnavailable = options.onUnavailable ?? (() => {})
    this.#ttl = options.ttlSeconds
    this.#maxMessages = options.maxMessages
  }

  async create({ id, userId, createdAt }: NewSession, watch: Watch | null): Promise<StoredSession> {
    const entered = userId === null ? null : this.#index && available(this.#index.enter(userId, id, createdAt))
    const args = [this.#ttl, userId ?? '', createdAt, ...watchArguments(watch)]
    const [fields] = await Promise.all([this.#run<SessionFields>('create', this.#keys.ofSession(id), args), entered])
    if (userId !== null) this.#index?.sweep(userId)
    return sessionOf(id, fields, this.#ttl)
  }

  async open({ sessionId, userId = null, watch, known, window }: OpenRequest): Promise<Snapshot | null> {
    const [watcher, watchId] = watchArguments(watch)
    const wanted = [window?.after ?? 0, LEAST_MESSAGES, window?.bytes ?? '']
    const args = [this.#ttl, userId ?? '', watcher, stateArgument(known), watchId, ...wanted]
    const reply = await this.#run<OpenReply>('open', this.#keys.ofSession(sessionId), args)
    if (reply === null) return null
    const [fields, messages, slot] = reply
    return snapshotOf(this.#touched(sessionId, fields), messages, slot)
  }

  async read({ sessionId, after, watch = null, userId = null }: ReadRequest): Promise<Snapshot | null> {
    return snapshotIn(sessionId, await this.#read(sessionId, userId, [after + 1, '', '', '', 1], watch))
  }

  async find({ sessionId, messageId, userId = null }: FindRequest): Promise<Snapshot | null> {
    return snapshotIn(sessionId, await this.#reading('find', sessionId, [userId ?? '', messageId]))
  }

  async page({ sessionId, before, limit, bytes, userId = null }: MessagePageRequest): Promise<MessagePage | null> {
    const reply = await this.#read(sessionId, userId, [1, before - 1, limit, bytes, 0])
    return reply && { session: sessionIn(sessionId, reply), messages: messagesOf(reply[1]) }
  }

  async begin(request: BeginRequest): Promise<Started | Repeated | Busy | IdTaken | Missing> {
    const { sessionId, message } = request
    const args = beginArguments(request, this.#ttl, this.#maxMessages)
    const reply = await this.#run<BeginReply>('begin', this.#keys.ofSession(sessionId), args)
    switch (reply[0]) {
      case 'started':
        return this.#replicated(sessionId, begun(message.id), this.#started(sessionId, reply))
      case 'repeated':
        return this.#replicated(sessionId, begun(message.id), this.#repeated(sessionId, reply))
      case 'busy':
        return { kind: 'busy', running: runningOf(reply[1]) }
      default:
        return { kind: reply[0] }
    }
  }

  async sent(sessionId: string, userId: string | null, messageId: string): Promise<Repeated | Unknown | Missing> {
    const args = [this.#ttl, userId ?? '', messageId]
    const reply = await this.#run<SentReply>('sent', this.#keys.ofSession(sessionId), args)
    return reply[0] === 'repeated' ? this.#repeated(sessionId, reply) : { kind: reply[0] }
  }

  async regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing> {
    const { sessionId } = request
    const args = regenerateArguments(request, this.#ttl)
    const reply = await this.#run<RegenerateReply>('regenerate', this.#keys.ofSession(sessionId), args)
    switch (reply[0]) {
      case 'started': {
        const started = this.#started(sessionId, reply)
        return this.#replicated(sessionId, atVersion(started.epoch), started)
      }
      case 'busy':
        return { kind: 'busy', running: runningOf(reply[1]) }
      default:
        return { kind: reply[0] }
    }
  }

  nodeOf(sessionId: string): string {
    return this.#nodes.nameOf(this.#keys.session(sessionId))
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const results = this.#answered(await this.#batches.append(items), items)
    return results.map((result) => result ?? 'later')
  }

  async finish(request: FinishRequest): Promise<Finished | Fenced> {
    const { sessionId, epoch, message, at } = request
    const args = [this.#ttl, epoch, message.id, message.seq, encodeMessage(message), at]
    const reply = await this.#owned<FinishReply>('finish', sessionId, args)
    if (reply === null) return { kind: 'fenced' }
    const [fields, watchers] = reply
    const { version, lastActivity } = this.#touched(sessionId, fields)
    return { kind: 'finished', version, lastActivity, watchers }
  }

  ended(sessionId: string, messageId: string): Promise<Durability> {
    return this.#replicated(sessionId, ended(messageId), { backend: 'redis', persisted: true })
  }

  async claim({ sessionId, epoch, owner, isHandedOver }: ClaimRequest): Promise<Claimed | Fenced> {
    const args = [this.#ttl, epoch, owner, isHandedOver ? 1 : '']
    const reply = await this.#owned<ClaimReply>('claim', sessionId, args)
    if (reply === null) return { kind: 'fenced' }
    const [fields, slot, message, watchers] = reply
    const session = this.#touched(sessionId, fields)
    const running = runningOf(slot)
    return { kind: 'claimed', session, running, message: claimedOf(message, running, session.lastActivity), watchers }
  }

  async restart(request: RestartRequest): Promise<Restarted | Fenced> {
    const { sessionId, epoch, message } = request
    const args = [this.#ttl, epoch, message.id, message.seq, encodeMessage(message), message.attempt]
    const reply = await this.#owned<RestartReply>('restart', sessionId, args)
    return reply === null ? { kind: 'fenced' } : { kind: 'restarted', epoch: reply[0], watchers: reply[1] }
  }

  async reconcile(request: ReconcileRequest, makes = false): Promise<Reconciled | Busy | Behind | Cleared> {
    const { id } = request.session
    const args = reconcileArguments(request, this.#ttl, this.#maxMessages, makes)
    const reply = await this.#run<ReconcileReply>('reconcile', this.#keys.ofSession(id), args)
    switch (reply[0]) {
      case 'gone':
        return (await this.#cleared.has(id)) ? { kind: 'cleared' } : this.reconcile(request, true)
      case 'busy':
        return { kind: 'busy', running: runningOf(reply[1]) }
      case 'behind':
        return { kind: 'behind', lastSeq: reply[1] }
      case 'reconciled': {
        const [kind, fields, messages, slot, watchers] = reply
        return { kind, snapshot: snapshotOf(this.#touched(id, fields), messages, slot), watchers }
      }
    }
  }

  async keep(
    answers: readonly { sessionId: string; epoch: number }[],
  ): Promise<readonly (readonly string[] | null | undefined)[]> {
    const kept = this.#answered(await this.#batches.keep(answers), answers)
    const now = performance.now()
    const reindex = now - this.#indexedAt >= (this.#ttl * 1000) / 2
    if (reindex) this.#indexedAt = now
    return answers.map(({ sessionId }, i) => {
      const answer = kept[i]
      if (!answer) return answer
      const [watchers, userId, lastActivity] = answer
      if (reindex) this.#index?.touch(userId === '' ? null : userId, sessionId, lastActivity)
      return watchers
    })
  }

  async unwatch(sessionId: string, { watcher, id }: EndedWatch): Promise<void> {
    await this.#run('unwatch', this.#keys.ofSession(sessionId), [watcher, id ?? ''])
  }

  async extend(sessionId: string): Promise<number | null> {
    const fields = await this.#run<SessionFields | null>('extend', this.#keys.ofSession(sessionId), [this.#ttl])
    return fields && this.#touched(sessionId, fields).ttlSeconds
  }

  canClear(): boolean {
    return true
  }

  async clear(sessionId: string): Promise<readonly string[] | null> {
    await this.#cleared.note(sessionId).catch((error: Error) => {
      throw this.#noted(error, [])
    })
    const reply = await this.#run<ClearReply | null>('clear', this.#keys.ofSession(sessionId), [])
    if (reply === null) return null
    const [fields, watchers] = reply
    this.#index?.leave(sessionOf(sessionId, fields, 0).userId, sessionId)
    return watchers
  }

  async remaining(sessionIds: readonly string[]): Promise<readonly (number | undefined)[]> {
    const times = answersAmong(await this.#batches.remaining(sessionIds))
    return Promise.all(times.map((ms, i) => (ms === undefined ? ms : this.#timeLeft(sessionIds[i] ?? '', ms))))
  }

  sizeOf(sessionId: string): Promise<number> {
    return this.#run<number>('size', this.#keys.ofSession(sessionId), [])
  }

  async sessionsOf(userId: string, { before, limit }: PageRequest): Promise<SessionPage> {
    if (this.#index === null) return { sessions: [], total: 0 }
    await available(this.#index.sweepExpired(userId))
    const sessions: StoredSession[] = []
    const dead: IndexEntry[] = []
    let until = before === null ? null : Date.parse(before)
    for (let wanted = limit; wanted > 0; wanted = limit - sessions.length) {
      const entries = await available(this.#index.page(userId, until, wanted))
      const found = await Promise.all(entries.map((entry) => this.#listed(entry)))
      sessions.push(...found.filter((session) => session !== null))
      dead.push(...entries.filter((_, i) => found[i] === null))
      until = entries.at(-1)?.lastActivity ?? null
      if (entries.length < wanted) break
    }
    await available(this.#index.drop(userId, dead))
    return { sessions: sessions.sort(latestFirst), total: await available(this.#index.count(userId)) }
  }

  async trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]> {
    return this.#index === null ? [] : available(this.#index.trimSessionsOf(userId, most, but))
  }

  /**
   * Rejects while Redis still denies a right that a call needed (G7): that some other write succeeds does
   * not make it usable again.
   */
  async entitled(): Promise<void> {
    if (!this.#denied) return
    await this.#tryRights()
    this.#denied = false
  }

  /** The connections belong to the caller that made them. */
  async close(): Promise<void> {}

  /** Says of what was written whether enough of Redis's replicas have it too. */
  async #replicated<T extends Durability>(sessionId: string, evidence: Evidence, written: T): Promise<T> {
    if (this.#replication === null) return written
    return { ...written, persisted: await this.#replication.reached(sessionId, evidence) }
  }

  /**
   * A session as it is listed: at the latest time that is known. Its own is of the last write, which may be of a replica whose clock is
   * behind: a page that ends with that would have the next one begin too far below.
   */
  async #listed(entry: IndexEntry): Promise<StoredSession | null> {
    const reply = await this.#read(entry.sessionId, null, [1, 0, '', '', 0])
    if (reply === null) return null
    const session = sessionIn(entry.sessionId, reply)
    const indexed = new Date(entry.lastActivity).toISOString()
    return indexed > session.lastActivity ? { ...session, lastActivity: indexed } : session
  }

  #started(sessionId: string, reply: StartedReply): Started {
    const started = startedOf(sessionId, reply, this.#ttl)
    this.#index?.touch(started.session.userId, sessionId, started.session.lastActivity)
    return started
  }

  /** A session whose TTL a script has just refreshed. */
  #touched(sessionId: string, fields: SessionFields): StoredSession {
    const session = sessionOf(sessionId, fields, this.#ttl)
    this.#index?.touch(session.userId, sessionId, session.lastActivity)
    return session
  }

  #repeated(sessionId: string, reply: RepeatedReply): Repeated {
    this.#touched(sessionId, reply[4])
    return repeatedOf(reply)
  }

  /** Null where there is no session that can be read, or it is another user's. */
  #read(sessionId: string, userId: string | null, args: Arguments, watch: Watch | null = null): Promise<ReadReply> {
    return this.#reading('read', sessionId, [userId ?? '', ...args, ...watchArguments(watch)])
  }

  async #reading(name: 'read' | 'find', sessionId: string, args: Arguments): Promise<ReadReply> {
    const reply = await this.#owned<ReadReply>(name, sessionId, args)
    if (reply !== null) reply[3] = await this.#timeLeft(sessionId, reply[3])
    return reply
  }

  /** In milliseconds, of what Redis says. A session without a TTL is one whose TTL an operator took away: it gets it back (S3). */
  async #timeLeft(sessionId: string, ttlMs: number): Promise<number> {
    if (ttlMs !== WITHOUT_TTL) return Math.max(0, ttlMs)
    const extended = await this.#owned<SessionFields | null>('extend', sessionId, [this.#ttl])
    return extended === null ? 0 : this.#touched(sessionId, extended).ttlSeconds * 1000
  }

  /** Null as well where what Redis holds of the session is no session's: nobody owns an answer in that. */
  async #owned<Reply>(name: ScriptName, sessionId: string, args: Arguments): Promise<Reply | null> {
    try {
      return await this.#run<Reply>(name, this.#keys.ofSession(sessionId), args)
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error
      this.#log.error({ session: sessionId, operation: name, reason: error.message }, 'a session in Redis is broken')
      return null
    }
  }

  /** The replies to a call about many sessions. Of those without one, why is noted. */
  #answered<T>(
    replies: readonly (T | StoreUnavailable)[],
    items: readonly { readonly sessionId: string }[],
  ): readonly (T | undefined)[] {
    for (const [i, { sessionId }] of items.entries()) {
      const reply = replies[i]
      if (reply instanceof StoreUnavailable) this.#noted(reply, [this.#keys.session(sessionId)])
    }
    return answersAmong(replies)
  }

  /** The error. The first by which Redis denies this replica something is logged. */
  #noted(error: Error, sessions: readonly string[]): Error {
    const { cause } = error
    if (error instanceof StoreUnavailable) for (const session of sessions) this.#onUnavailable(session)
    if (!this.#denied && isDenied(cause)) {
      this.#denied = true
      this.#log.error({ reason: (cause as Error).message }, 'Redis refuses what this replica needs to do')
    }
    return error
  }

  async #run<Reply>(name: ScriptName, keys: readonly string[], args: Arguments): Promise<Reply> {
    try {
      return (await this.#scripts.run(name, keys, args)) as Reply
    } catch (error) {
      throw this.#noted(unavailable(error), keys.slice(0, 1))
    }
  }
}

type Read = Exclude<ReadReply, null>

function snapshotIn(id: string, reply: ReadReply): Snapshot | null {
  return reply && snapshotOf(sessionIn(id, reply), reply[1], reply[2])
}

function sessionIn(id: string, [fields, , , ttlMs]: Read): StoredSession {
  return sessionOf(id, fields, Math.ceil(ttlMs / 1000))
}
