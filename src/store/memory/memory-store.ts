import type { Clock } from '../../ports/clock.ts'
import type { Recalled } from '../../ports/recall.ts'
import type {
  AppendItem,
  AppendResult,
  BeginRequest,
  Busy,
  Claimed,
  ClaimRequest,
  Conflict,
  Durability,
  EndedWatch,
  Fenced,
  FindRequest,
  Finished,
  FinishRequest,
  IdTaken,
  MessagePage,
  MessagePageRequest,
  Missing,
  NewSession,
  OpenRequest,
  PageRequest,
  ReadRequest,
  RegenerateRequest,
  Repeated,
  Restarted,
  RestartRequest,
  RunningAnswer,
  SessionPage,
  Snapshot,
  Started,
  StoredSession,
  Unknown,
  Watch,
} from '../../ports/session-store.ts'
import type { Behind, Cleared, Reconciled, ReconcileRequest, SharedStore } from '../../ports/shared-store.ts'
import { isOf } from '../is-of.ts'
import { latestFirst, pageOf, TRIMMED_AT_ONCE } from '../latest-first.ts'
import { encodeMessage } from '../message-json.ts'
import { MemorySession } from './memory-session.ts'

/** Sessions of which it is remembered that they were cleared. */
const MAX_CLEARED = 1000
const HERE_ONLY = { backend: 'memory', persisted: false } as const

export interface MemoryStoreOptions {
  readonly ttlSeconds: number
  /** Messages kept per session; at least 2. */
  readonly maxMessages: number
  /** As of the Redis store. */
  readonly indexUsers?: boolean
  readonly clock: Clock
}

/**
 * Sessions in this process's memory (G3): the semantics of Redis with no timer and no randomness, so that several
 * replicas can share one instance in a simulation. Each method does all of its work before it first yields.
 */
export class MemorySessionStore implements SharedStore {
  readonly backend = 'memory'
  readonly isSettling = false
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #maxMessages: number
  readonly #indexUsers: boolean
  /** In the order in which they expire: every refresh moves a session to the end. */
  readonly #sessions = new Map<string, MemorySession>()
  readonly #users = new Map<string, Set<string>>()
  /** The latest last. */
  readonly #cleared = new Set<string>()
  #onRemoved: (sessionId: string) => void = () => {}

  constructor(options: MemoryStoreOptions) {
    this.#clock = options.clock
    this.#ttlMs = options.ttlSeconds * 1000
    this.#maxMessages = options.maxMessages
    this.#indexUsers = options.indexUsers ?? true
  }

  /** `handler` is called with each session that is here no more. */
  onRemoved(handler: (sessionId: string) => void): void {
    this.#onRemoved = handler
  }

  async create({ id, userId, createdAt }: NewSession, watch: Watch | null): Promise<StoredSession> {
    this.sweep()
    const session = this.#live(id) ?? new MemorySession(id, userId, createdAt)
    if (watch !== null) session.watch(watch)
    return this.#refreshed(session)
  }

  async open({ sessionId, userId = null, watch, known, window }: OpenRequest): Promise<Snapshot | null> {
    const session = this.#live(sessionId, userId)
    if (session === undefined) return null
    if (watch !== null) session.watch(watch)
    this.#refreshed(session)
    const current = session.isIn(known)
    return session.snapshot(this.#clock.now(), current ? null : session.within(window))
  }

  async read({ sessionId, after, watch = null, userId = null }: ReadRequest): Promise<Snapshot | null> {
    const session = this.#live(sessionId, userId)
    if (watch !== null) session?.watch(watch)
    return session?.snapshot(this.#clock.now(), session.between(after + 1, session.lastSeq)) ?? null
  }

  async find({ sessionId, messageId, userId = null }: FindRequest): Promise<Snapshot | null> {
    const session = this.#live(sessionId, userId)
    const seq = session?.answerSeqOf(messageId) ?? session?.seqOf(messageId) ?? 0
    return session?.snapshot(this.#clock.now(), session.between(seq, seq)) ?? null
  }

  async page({ sessionId, before, limit, bytes, userId = null }: MessagePageRequest): Promise<MessagePage | null> {
    const session = this.#live(sessionId, userId)
    if (session === undefined) return null
    const to = Math.min(before - 1, session.lastSeq)
    return { session: session.stored(this.#clock.now()), messages: session.newest(to - limit + 1, to, bytes) }
  }

  async begin(request: BeginRequest): Promise<Started | Repeated | Busy | IdTaken | Missing> {
    const { sessionId, userId, message, answer, owner, known: copy, contextSize } = request
    const session = this.#live(sessionId, userId)
    if (session === undefined) return { kind: 'missing' }
    const running = session.slot?.running
    const claimedBefore = running?.messageId === answer.id && running.owner === owner
    const known = session.seqOf(message.id)
    if (known !== undefined && !claimedBefore) return this.#repeated(session, known)
    if (known === undefined && session.answerSeqOf(message.id) !== undefined) return { kind: 'taken' }
    if (running !== undefined && !claimedBefore) return { kind: 'busy', running }
    const current = !claimedBefore && session.isIn(copy)
    const started = this.#started(session, claimedBefore ? running : this.#store(session, message, answer, owner))
    return { ...started, context: current ? null : session.between(started.seq - contextSize, started.seq - 1) }
  }

  async sent(sessionId: string, userId: string | null, messageId: string): Promise<Repeated | Unknown | Missing> {
    const session = this.#live(sessionId, userId)
    if (session === undefined) return { kind: 'missing' }
    const known = session.seqOf(messageId)
    return known === undefined ? { kind: 'unknown' } : this.#repeated(session, known)
  }

  async regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing> {
    const { sessionId, answer, owner, known } = request
    const session = this.#live(sessionId)
    if (session === undefined) return { kind: 'missing' }
    const running = session.slot?.running
    const claimedBefore =
      running?.messageId === answer.id &&
      running.attempt === answer.attempt &&
      running.owner === owner &&
      running.epoch === known.version + 1
    if (claimedBefore) return this.#started(session, running)
    if (running !== undefined) return { kind: 'busy', running }
    if (!session.isIn(known) || session.lastSeq !== answer.seq) return { kind: 'conflict' }
    session.put(answer)
    session.version++
    session.lastActivity = answer.createdAt
    return this.#started(session, session.occupy(answer, owner))
  }

  nodeOf(): string {
    return ''
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return items.map((item) => this.#live(item.sessionId)?.append(item) ?? 'fenced')
  }

  async finish(request: FinishRequest): Promise<Finished | Fenced> {
    const { sessionId, epoch, message, at } = request
    const session = this.#live(sessionId)
    if (session === undefined) return { kind: 'fenced' }
    const running = session.slot?.running
    const owns = running?.epoch === epoch && running.messageId === message.id
    if (owns) {
      session.put(message)
      session.lastActivity = at
      session.version++
      session.slot = null
      this.#refreshed(session)
    } else if (session.jsonAt(message.seq) !== encodeMessage(message)) {
      return { kind: 'fenced' }
    }
    const { version, lastActivity } = session
    return { kind: 'finished', version, lastActivity, watchers: session.watchersBut(owns ? running.owner : null) }
  }

  async ended(): Promise<Durability> {
    return HERE_ONLY
  }

  async claim({ sessionId, epoch, owner, isHandedOver = false }: ClaimRequest): Promise<Claimed | Fenced> {
    const session = this.#live(sessionId)
    const slot = session?.slot
    if (session === undefined || !slot) return { kind: 'fenced' }
    if (slot.running.epoch === epoch) {
      session.claim(slot, owner, isHandedOver)
    } else if (slot.running.owner !== owner || slot.claimedFrom !== epoch) {
      return { kind: 'fenced' }
    }
    const { running } = slot
    const message = session.at(running.seq)
    return {
      kind: 'claimed',
      session: this.#refreshed(session),
      running,
      message,
      watchers: session.watchersBut(owner),
    }
  }

  async restart(request: RestartRequest): Promise<Restarted | Fenced> {
    const { sessionId, epoch, message } = request
    const session = this.#live(sessionId)
    const slot = session?.slot
    if (session === undefined || slot?.running.messageId !== message.id) return { kind: 'fenced' }
    if (slot.running.epoch === epoch) {
      session.put(message)
      session.restart(slot, message.attempt)
      this.#refreshed(session)
    } else if (slot.claimedFrom !== epoch || slot.running.attempt !== message.attempt) {
      return { kind: 'fenced' }
    }
    return { kind: 'restarted', epoch: slot.running.epoch, watchers: session.watchersBut(slot.running.owner) }
  }

  async reconcile(request: ReconcileRequest): Promise<Reconciled | Busy | Behind | Cleared> {
    const { base, owner, watch } = request
    const { id, userId, createdAt } = request.session
    const known = this.#live(id)
    if (known === undefined && this.#cleared.has(id)) return { kind: 'cleared' }
    if ((known?.lastSeq ?? 0) < base.seq) return { kind: 'behind', lastSeq: known?.lastSeq ?? 0 }
    const session = known ?? new MemorySession(id, userId, createdAt)
    const { version } = session
    const running = session.reconcile(request)
    if (running !== null) return { kind: 'busy', running }
    if (session.version !== version) session.trim(this.#maxMessages)
    if (watch !== null) session.watch(watch)
    this.#refreshed(session)
    const snapshot = session.snapshot(this.#clock.now(), session.between(1, session.lastSeq))
    return { kind: 'reconciled', snapshot, watchers: session.watchersBut(owner) }
  }

  /** The session as it is, told at once. */
  peek(sessionId: string): Snapshot | null {
    const session = this.#live(sessionId)
    return session?.snapshot(this.#clock.now(), session.between(1, session.lastSeq)) ?? null
  }

  /** Bytes of memory that the session takes, roughly; 0 of one that is not here. */
  weightOf(sessionId: string): number {
    return this.#live(sessionId)?.weight ?? 0
  }

  /** Puts a session here as another store was known to hold it, with a contiguous tail of its messages. */
  restore(recalled: Recalled): void {
    const { id, userId, createdAt } = recalled.session
    const session = new MemorySession(id, userId, createdAt)
    session.restore(recalled)
    this.#refreshed(session)
  }

  forget(sessionId: string): void {
    const session = this.#live(sessionId)
    if (session !== undefined) this.#remove(session)
  }

  async keep(answers: readonly { sessionId: string; epoch: number }[]): Promise<readonly (readonly string[] | null)[]> {
    return answers.map(({ sessionId, epoch }) => {
      const session = this.#live(sessionId)
      if (session?.slot?.running.epoch !== epoch) return null
      this.#refreshed(session)
      return session.watchersBut(session.slot.running.owner)
    })
  }

  async unwatch(sessionId: string, { watcher, id }: EndedWatch): Promise<void> {
    const watchers = this.#live(sessionId)?.watchers
    if (id === null || watchers?.get(watcher) === id) watchers?.delete(watcher)
  }

  async extend(sessionId: string): Promise<number | null> {
    const session = this.#live(sessionId)
    return session === undefined ? null : this.#refreshed(session).ttlSeconds
  }

  canClear(): boolean {
    return true
  }

  async clear(sessionId: string): Promise<readonly string[] | null> {
    this.#cleared.add(sessionId)
    const [oldest = ''] = this.#cleared
    if (this.#cleared.size > MAX_CLEARED) this.#cleared.delete(oldest)
    const session = this.#live(sessionId)
    if (session === undefined) return null
    this.#remove(session)
    return session.watchersBut(null)
  }

  async remaining(sessionIds: readonly string[]): Promise<readonly number[]> {
    const now = this.#clock.now()
    return sessionIds.map((id) => Math.max(0, (this.#live(id)?.expiresAt ?? now) - now))
  }

  async sizeOf(sessionId: string): Promise<number> {
    return this.#live(sessionId)?.size ?? 0
  }

  async sessionsOf(userId: string, page: PageRequest): Promise<SessionPage> {
    const sessions = this.#of(userId)
    return { sessions: pageOf(sessions, page), total: sessions.length }
  }

  async trimSessionsOf(userId: string, most: number, but: string): Promise<readonly string[]> {
    const beyond = this.#of(userId).sort(latestFirst).slice(most).reverse()
    const trimmed = beyond.flatMap(({ id }) => (id === but ? [] : id)).slice(0, TRIMMED_AT_ONCE)
    for (const id of trimmed) this.#users.get(userId)?.delete(id)
    return trimmed
  }

  async close(): Promise<void> {}

  #store(
    session: MemorySession,
    message: BeginRequest['message'],
    answer: BeginRequest['answer'],
    owner: string,
  ): RunningAnswer {
    const seq = session.lastSeq + 2
    session.lastSeq = seq
    session.version++
    session.lastActivity = answer.createdAt
    session.put({ ...message, seq: seq - 1 })
    session.put({ ...answer, seq })
    session.enter({ ...message, seq: seq - 1 })
    session.enter({ ...answer, seq })
    session.trim(this.#maxMessages)
    return session.occupy({ ...answer, seq }, owner)
  }

  #repeated(session: MemorySession, seq: number): Repeated {
    const running = session.slot?.running
    const stored = session.at(seq + 1)
    const answer = running?.seq === seq + 1 ? { ...stored, content: running.text } : stored
    this.#refreshed(session)
    return { kind: 'repeated', message: session.at(seq), answer, ...HERE_ONLY }
  }

  #started(session: MemorySession, { epoch, seq, owner }: RunningAnswer): Started {
    const watchers = session.watchersBut(owner)
    return {
      kind: 'started',
      session: this.#refreshed(session),
      epoch,
      seq,
      watchers,
      context: null,
      lost: null,
      ...HERE_ONLY,
    }
  }

  #index({ userId, id }: MemorySession): void {
    if (userId === null || !this.#indexUsers) return
    this.#users.set(userId, (this.#users.get(userId) ?? new Set()).add(id))
  }

  #of(userId: string): StoredSession[] {
    const now = this.#clock.now()
    return [...(this.#users.get(userId) ?? [])].flatMap((id) => this.#live(id)?.stored(now) ?? [])
  }

  /** The session where it lives and `userId` may see it; an expired one is removed on sight. */
  #live(id: string, userId: string | null = null): MemorySession | undefined {
    const session = this.#sessions.get(id)
    if (session === undefined || !isOf(userId, session)) return undefined
    if (session.expiresAt > this.#clock.now()) return session
    this.#remove(session)
    return undefined
  }

  #refreshed(session: MemorySession): StoredSession {
    const now = this.#clock.now()
    session.expiresAt = now + this.#ttlMs
    this.#sessions.delete(session.id)
    this.#sessions.set(session.id, session)
    this.#index(session)
    return session.stored(now)
  }

  /** Removes what has expired: it stands at the front. */
  sweep(): void {
    const now = this.#clock.now()
    for (const session of this.#sessions.values()) {
      if (session.expiresAt > now) return
      this.#remove(session)
    }
  }

  #remove(session: MemorySession): void {
    this.#sessions.delete(session.id)
    this.#onRemoved(session.id)
    if (session.userId === null) return
    const others = this.#users.get(session.userId)
    others?.delete(session.id)
    if (others?.size === 0) this.#users.delete(session.userId)
  }
}
