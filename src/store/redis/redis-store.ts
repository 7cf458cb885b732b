import type { Redis } from 'ioredis'
import type { Log } from '../../ports/log.ts'
import {
  type AppendItem,
  type AppendResult,
  type BeginRequest,
  type Busy,
  type Claimed,
  type Conflict,
  type Durability,
  type Fenced,
  type Finished,
  type Missing,
  type Raised,
  type RaiseRequest,
  type RegenerateRequest,
  type Repeated,
  type Restarted,
  type RestartRequest,
  type SessionStore,
  type Snapshot,
  type Started,
  type StoredSession,
  StoreUnavailable,
} from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { latestFirst } from '../latest-first.ts'
import { decodeMessage, encodeMessage } from '../message-json.ts'
import { available, unavailable } from './available.ts'
import type { RedisConnections } from './connect.ts'
import { answerKey, keysOf, sessionKey, textKey } from './keys.ts'
import { askMovedAgain, askNodes, isRedirection, MOVED, type Nodes, type RedisClient } from './nodes.ts'
import { Replication } from './replication.ts'
import {
  type BeginReply,
  type ClaimReply,
  type FinishReply,
  type KeepReply,
  type Kept,
  messagesOf,
  type OpenReply,
  type RaiseReply,
  type ReadReply,
  type RegenerateReply,
  type RestartReply,
  repeatedOf,
  runningOf,
  type SessionFields,
  type StartedReply,
  sessionOf,
  snapshotOf,
  startedOf,
} from './replies.ts'
import { appendArguments, beginArguments, keepArguments, regenerateArguments } from './requests.ts'
import { type Arguments, type ScriptName, Scripts } from './scripts.ts'
import { UserIndex } from './user-index.ts'

/** Answers whose TTL one call refreshes: Redis serves nobody else meanwhile. */
const KEEP_BATCH = 256

export interface RedisStoreOptions {
  readonly ttlSeconds: number
  /** Messages kept per session; at least 2. */
  readonly maxMessages: number
  readonly log: Log
}

/** Sessions in Redis, laid out as `keys.ts` says; every operation is one script of `commands/`. */
export class RedisSessionStore implements SessionStore {
  readonly backend = 'redis'
  readonly #redis: RedisClient
  readonly #nodes: Nodes
  readonly #replication: Replication | null
  readonly #scripts: Scripts
  readonly #index: UserIndex
  readonly #ttl: number
  readonly #maxMessages: number
  /** When `keep` last refreshed the users' indices: they live longer than it takes until it does so again. */
  #indexedAt = 0

  constructor(connections: Pick<RedisConnections, 'commands' | 'nodes' | 'replicas'>, options: RedisStoreOptions) {
    this.#redis = connections.commands
    this.#nodes = connections.nodes
    this.#replication = connections.replicas && new Replication(connections.replicas, options.ttlSeconds)
    this.#scripts = new Scripts(this.#redis)
    this.#index = new UserIndex(this.#redis, this.#scripts, options.ttlSeconds, options.log)
    this.#ttl = options.ttlSeconds
    this.#maxMessages = options.maxMessages
  }

  async create(
    session: { id: string; userId: string | null; createdAt: string },
    watcher: string | null,
  ): Promise<StoredSession> {
    const { id, userId, createdAt } = session
    const entered = userId === null ? null : available(this.#index.enter(userId, id, createdAt))
    const args = [this.#ttl, userId ?? '', createdAt, watcher ?? '']
    const [fields] = await Promise.all([this.#run<SessionFields>('create', keysOf(id), args), entered])
    if (userId !== null) this.#index.sweep(userId)
    return sessionOf(id, fields, this.#ttl)
  }

  async open(request: {
    sessionId: string
    userId: string | null
    watcher: string | null
    knownVersion: number | null
  }): Promise<Snapshot | null> {
    const { sessionId, userId, watcher, knownVersion } = request
    const args = [this.#ttl, userId ?? '', watcher ?? '', knownVersion ?? '']
    const reply = await this.#run<OpenReply>('open', keysOf(sessionId), args)
    if (reply === null) return null
    const [fields, messages, slot] = reply
    return snapshotOf(this.#touched(sessionId, fields), messages, slot)
  }

  async read(sessionId: string, after: number): Promise<Snapshot | null> {
    const reply = await this.#run<ReadReply>('read', keysOf(sessionId), [after + 1, '', '', 1])
    if (reply === null) return null
    const [fields, messages, slot, ttlMs] = reply
    return snapshotOf(sessionOf(sessionId, fields, seconds(ttlMs)), messages, slot)
  }

  async page(
    sessionId: string,
    before: number,
    limit: number,
  ): Promise<{ session: StoredSession; messages: readonly Message[] } | null> {
    const reply = await this.#run<ReadReply>('read', keysOf(sessionId), [1, before - 1, limit, 0])
    if (reply === null) return null
    const [fields, messages, , ttlMs] = reply
    return { session: sessionOf(sessionId, fields, seconds(ttlMs)), messages: messagesOf(messages) }
  }

  async begin(request: BeginRequest): Promise<Started | Repeated | Busy | Missing> {
    const { sessionId } = request
    const args = beginArguments(request, this.#ttl, this.#maxMessages)
    const reply = await this.#run<BeginReply>('begin', keysOf(sessionId), args)
    switch (reply[0]) {
      case 'started':
        return this.#replicated(request, this.#started(sessionId, reply))
      case 'repeated':
        return this.#replicated(request, repeatedOf(reply))
      case 'busy':
        return { kind: 'busy', running: runningOf(reply[1]) }
      case 'missing':
        return { kind: 'missing' }
    }
  }

  async regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing> {
    const { sessionId } = request
    const args = regenerateArguments(request, this.#ttl)
    const reply = await this.#run<RegenerateReply>('regenerate', keysOf(sessionId), args)
    switch (reply[0]) {
      case 'started':
        return this.#started(sessionId, reply)
      case 'busy':
        return { kind: 'busy', running: runningOf(reply[1]) }
      default:
        return { kind: reply[0] }
    }
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    const results = await askNodes(this.#nodes, items, keyOfItem, async (node, batch) => {
      const refusals = await this.#runAt<number[]>(node, 'append', appendArguments(batch))
      return appendResults(batch.length, refusals)
    })
    return askMovedAgain(items, results, async (item) => {
      const { sessionId, epoch, bookmark } = item
      const keys = [textKey(sessionId, epoch), ...(bookmark === null ? [] : [answerKey(sessionId)])]
      const [result] = appendResults(1, await this.#run<number[]>('append', keys, appendArguments([item])))
      return settled(result)
    })
  }

  async finish(request: {
    sessionId: string
    epoch: number
    message: Message
    at: string
  }): Promise<Finished | Fenced> {
    const { sessionId, epoch, message, at } = request
    const args = [this.#ttl, epoch, message.seq, encodeMessage(message), at]
    const reply = await this.#run<FinishReply>('finish', keysOf(sessionId), args)
    if (reply === null) return { kind: 'fenced' }
    const [fields, watchers] = reply
    const { version, lastActivity } = this.#touched(sessionId, fields)
    return { kind: 'finished', version, lastActivity, watchers }
  }

  async claim(request: { sessionId: string; epoch: number; owner: string }): Promise<Claimed | Fenced> {
    const { sessionId, epoch, owner } = request
    const reply = await this.#run<ClaimReply>('claim', keysOf(sessionId), [this.#ttl, epoch, owner])
    if (reply === null) return { kind: 'fenced' }
    const [fields, slot, message, watchers] = reply
    this.#touched(sessionId, fields)
    return { kind: 'claimed', running: runningOf(slot), message: decodeMessage(message), watchers }
  }

  async restart(request: RestartRequest): Promise<Restarted | Fenced> {
    const { sessionId, epoch, message, keepText } = request
    const args = [this.#ttl, epoch, message.seq, encodeMessage(message), message.attempt, keepText ? 1 : 0]
    const reply = await this.#run<RestartReply>('restart', keysOf(sessionId), args)
    return reply === null ? { kind: 'fenced' } : { kind: 'restarted', epoch: reply[0], watchers: reply[1] }
  }

  async raise({ sessionId, version, message }: RaiseRequest): Promise<Raised | Conflict> {
    const args = [this.#ttl, version, message.seq, encodeMessage(message), message.attempt, message.id]
    const reply = await this.#run<RaiseReply>('raise', keysOf(sessionId), args)
    return reply === null ? { kind: 'conflict' } : { kind: 'raised', watchers: reply[0] }
  }

  async keep(answers: readonly { sessionId: string; epoch: number }[]): Promise<readonly (readonly string[] | null)[]> {
    const replies = await askNodes(this.#nodes, answers, keyOfItem, async (node, group) => {
      const batches: Promise<KeepReply>[] = []
      for (let from = 0; from < group.length; from += KEEP_BATCH) {
        const batch = keepArguments(group.slice(from, from + KEEP_BATCH), this.#ttl)
        batches.push(this.#runAt<KeepReply>(node, 'keep', batch))
      }
      return (await Promise.all(batches)).flat().map(keptOrMoved)
    })
    const kept = await askMovedAgain(answers, replies, async (answer) => {
      const keys = [...keysOf(answer.sessionId).slice(0, 4), textKey(answer.sessionId, answer.epoch)]
      const [reply] = await this.#run<KeepReply>('keep', keys, keepArguments([answer], this.#ttl))
      return settled(keptOrMoved(reply ?? null))
    })
    const reindex = Date.now() - this.#indexedAt >= (this.#ttl * 1000) / 2
    if (reindex) this.#indexedAt = Date.now()
    return answers.map(({ sessionId }, i) => {
      const answer = kept[i] ?? null
      if (answer === null) return null
      const [watchers, userId, lastActivity] = answer
      if (reindex) this.#index.touch(userId === '' ? null : userId, sessionId, lastActivity)
      return watchers
    })
  }

  async unwatch(sessionId: string, watcher: string): Promise<void> {
    const [, , , watchers] = keysOf(sessionId)
    await available(this.#redis.srem(watchers, watcher))
  }

  async extend(sessionId: string): Promise<number | null> {
    const fields = await this.#run<SessionFields | null>('extend', keysOf(sessionId), [this.#ttl])
    return fields && this.#touched(sessionId, fields).ttlSeconds
  }

  async clear(sessionId: string): Promise<boolean> {
    const fields = await this.#run<SessionFields | null>('clear', keysOf(sessionId), [])
    if (fields === null) return false
    this.#index.leave(sessionOf(sessionId, fields, 0).userId, sessionId)
    return true
  }

  async remaining(sessionIds: readonly string[]): Promise<readonly number[]> {
    const times = await askNodes(this.#nodes, sessionIds, sessionKey, async (node, group) => {
      const pipeline = node.pipeline()
      for (const id of group) pipeline.pttl(sessionKey(id))
      const replies = await available(pipeline.exec())
      return (replies ?? []).map(([error, ms]) => {
        if (isRedirection(error)) return MOVED
        if (error !== null) throw unavailable(error)
        return Math.max(0, Number(ms))
      })
    })
    return askMovedAgain(sessionIds, times, async (id) =>
      Math.max(0, await available(this.#redis.pttl(sessionKey(id)))),
    )
  }

  sizeOf(sessionId: string): Promise<number> {
    return this.#run<number>('size', keysOf(sessionId), [])
  }

  async sessionsOf(userId: string): Promise<readonly StoredSession[]> {
    const entries = await available(this.#index.list(userId))
    const replies = await Promise.all(
      entries.map(({ sessionId }) => this.#run<ReadReply>('read', keysOf(sessionId), [1, 0, '', 0])),
    )
    const sessions: StoredSession[] = []
    entries.forEach(({ sessionId }, i) => {
      const reply = replies[i] ?? null
      if (reply !== null) sessions.push(sessionOf(sessionId, reply[0], seconds(reply[3])))
    })
    this.#index.drop(
      userId,
      entries.filter((_, i) => replies[i] === null),
    )
    return sessions.sort(latestFirst)
  }

  /** The connections belong to whoever made them. */
  async close(): Promise<void> {}

  /** Says of what was begun whether enough of Redis's replicas have it too. */
  async #replicated<T extends Durability>({ sessionId, message }: BeginRequest, begun: T): Promise<T> {
    if (this.#replication === null) return begun
    return { ...begun, persisted: await this.#replication.reached(sessionId, message.id) }
  }

  #started(sessionId: string, reply: StartedReply): Started {
    const started = startedOf(sessionId, reply, this.#ttl)
    this.#index.touch(started.session.userId, sessionId, started.session.lastActivity)
    return started
  }

  /** A session whose TTL a script has just refreshed. */
  #touched(sessionId: string, fields: SessionFields): StoredSession {
    const session = sessionOf(sessionId, fields, this.#ttl)
    this.#index.touch(session.userId, sessionId, session.lastActivity)
    return session
  }

  /** A script that names no keys, at the node of those in its arguments. */
  async #runAt<Reply>(node: Redis, name: ScriptName, args: Arguments): Promise<Reply> {
    return (await available(this.#scripts.runAt(node, name, args))) as Reply
  }

  async #run<Reply>(name: ScriptName, keys: readonly string[], args: Arguments): Promise<Reply> {
    return (await available(this.#scripts.run(name, keys, args))) as Reply
  }
}

const keyOfItem = ({ sessionId }: { readonly sessionId: string }): string => sessionKey(sessionId)

/** The script names what it has not stored: n was refused, -n has its keys at another node. */
function appendResults(items: number, refusals: readonly number[]): (AppendResult | typeof MOVED)[] {
  const results = new Array<AppendResult | typeof MOVED>(items).fill('stored')
  for (const refusal of refusals) results[Math.abs(refusal) - 1] = refusal > 0 ? 'fenced' : MOVED
  return results
}

function keptOrMoved(reply: KeepReply[number]): Kept | typeof MOVED {
  return reply === -1 ? MOVED : reply
}

/** The answer of an item that was sent to where its keys are; that they have moved again just then is for the next try. */
function settled<Answer>(answer: Answer | typeof MOVED | undefined): Answer {
  if (answer === MOVED || answer === undefined) throw new StoreUnavailable('Redis: a slot is moving')
  return answer
}

function seconds(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000))
}
