import type { Recall, Recalled } from '../../ports/recall.ts'
import {
  type AppendItem,
  type AppendResult,
  type NewSession,
  type SessionRequest,
  type SessionState,
  type SessionStore,
  type StoredSession,
  StoreUnavailable,
  type Watch,
} from '../../ports/session-store.ts'
import type { Base } from '../../ports/shared-store.ts'
import { weightOfSession, weightOfValue } from '../../session/weight.ts'
import { isOf } from '../is-of.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'

/** A session that is served from this replica's memory until what was held is in the shared store. */
export interface HeldSession {
  readonly id: string
  /** The shared store has had it, or may have: only of one that was made here, and that it was never told of, all is known here. */
  mayBeShared: boolean
  /** What the shared store is known to hold. Its `seq` and version are 0 of one that has had no message yet. */
  base: Base
  /** What its return left of it in the shared store, if a call without a reply was carried out. */
  sent: SessionState | null
  /** Of the oldest message that the session had when it began to be held. */
  readonly firstSeq: number
  /** Version under which memory began with it: while it stands, no message has come since. */
  readonly version: number
  /** There is something to bring back whatever the version: an answer ran here, or the membership has to be told of its end. */
  dirty: boolean
  /** What was asked to begin of the shared store, which did not reply: it may have been carried out. By message, or answer and attempt. */
  readonly unanswered: Set<string>
  /** Bytes that it takes of the allowance for all of them, roughly. */
  bytes: number
  /** How often the reply to its return was too late to be waited for. */
  late: number
  /** How often its return still waits for another answer's end. */
  patience: number
  /** The call that is to bring it back. While it is under way, only the text of its answer goes on in memory. */
  returning: Promise<unknown> | null
}

/**
 * Versions of held sessions begin far above the store's, and each time above the last. So a copy of a session as it was held never
 * passes as current in the store, or where it is held again.
 */
const VERSIONS = { from: 2 ** 44, each: 2 ** 20 }
/** Bytes that the note of a held session takes until its return, also of one whose time ran out. */
const HELD_BYTES = 500
/** How often a return is tried before the answer that runs here ends, because another one runs in the store: about 2.5 s (G6). */
const PATIENCE = 10

/**
 * The sessions that are served from this replica's memory, and the bytes of `FALLBACK_MAX_BYTES` that they take (G1). What
 * there is no room for is refused with `StoreUnavailable`; nothing that was taken is dropped.
 */
export class HeldSessions {
  /** Holds what the sessions consist of. */
  readonly memory: MemorySessionStore
  readonly #maxBytes: number
  readonly #sessions = new Map<string, HeldSession>()
  #recall: Recall | null = null
  #bytes = 0
  #nextVersion = VERSIONS.from

  constructor(memory: MemorySessionStore, maxBytes: number) {
    this.memory = memory
    this.#maxBytes = maxBytes
    memory.onRemoved((id) => this.#weigh(id, 0))
  }

  /** To be called once, before the first request. */
  remember(recall: Recall): void {
    this.#recall = recall
  }

  get recall(): Recall {
    if (this.#recall === null) throw new Error('`remember` comes first')
    return this.#recall
  }

  get sessions(): ReadonlyMap<string, HeldSession> {
    return this.#sessions
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Makes a session, which the shared store may have made as well, where it was asked to and did not reply. */
  create(session: NewSession, watch: Watch | null, wasAsked: boolean): Promise<StoredSession> {
    const none = { lastActivity: session.createdAt, lastSeq: 0, firstSeq: 1, ttlSeconds: 0, version: 0 }
    this.#hold({ session: { ...session, ...none }, messages: [], running: null }, true, wasAsked)
    return this.memory.create(session, watch)
  }

  /** Answers a call from memory, as `StoreRouter.one` has it. Throws where the session cannot be held. */
  call<T>(
    { sessionId, userId = null }: SessionRequest,
    call: (store: SessionStore) => Promise<T>,
    bytes: number | null,
  ): Promise<T> {
    // Memory has not got another user's, and says so: what is held costs its owner room, a TTL and the right to clear it (X3).
    if (!this.#take(sessionId, userId)) return call(this.memory)
    if (bytes !== null && bytes > 0) this.#checkRoom(bytes)
    const reply = call(this.memory) // has done its work by now
    if (bytes !== null) this.#weigh(sessionId)
    return reply
  }

  /** Appends to running answers, as `SessionStore.append`: to each as far as its session can be held and there is room. */
  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return Promise.all(items.map((item) => this.#append(item)))
  }

  async #append(item: AppendItem): Promise<AppendResult> {
    try {
      this.#take(item.sessionId, null)
      this.#checkRoom(weightOfValue(item.text))
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'later'
      throw error
    }
    const appended = this.memory.append([item]) // has done its work by now
    this.#weigh(item.sessionId)
    const [result = 'fenced'] = await appended
    return result
  }

  /** False where it is released already. */
  release(held: HeldSession): boolean {
    if (!this.#sessions.delete(held.id)) return false
    this.#bytes -= held.bytes
    this.memory.forget(held.id)
    return true
  }

  /** Goes on with a session by this replica's copy of it, where it is not held yet. False where it is not that user's. */
  #take(sessionId: string, userId: string | null): boolean {
    if (this.#sessions.has(sessionId)) return true
    const copy = this.recall.copyOf(sessionId)
    if (copy === undefined) throw new StoreUnavailable('the session is not in this replica’s memory')
    if (!isOf(userId, copy.session)) return false
    this.#hold(copy, copy.running !== null)
    this.recall.held(copy)
    return true
  }

  #hold(copy: Recalled, dirty: boolean, mayBeShared = true): void {
    const { id, firstSeq, lastSeq, version, lastActivity } = copy.session
    this.#checkRoom(weightOfSession(copy.session, copy.messages) + weightOfValue(copy.running))
    const held: HeldSession = {
      id,
      mayBeShared,
      base: { seq: lastSeq, version, lastSeq, lastActivity },
      sent: null,
      firstSeq,
      version: this.#nextVersion,
      dirty,
      unanswered: new Set(),
      bytes: 0,
      late: 0,
      patience: PATIENCE,
      returning: null,
    }
    this.#nextVersion += VERSIONS.each
    this.#sessions.set(id, held)
    this.memory.restore({ ...copy, session: { ...copy.session, version: held.version } })
    this.#weigh(id)
  }

  /** Throws where there is no room for so much more (G1). */
  #checkRoom(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) this.memory.sweep()
    if (this.#bytes + bytes > this.#maxBytes) throw new StoreUnavailable('the fallback memory is full')
  }

  #weigh(sessionId: string, bytes = this.memory.weightOf(sessionId)): void {
    const held = this.#sessions.get(sessionId)
    if (held === undefined) return
    const taken = Math.max(HELD_BYTES, bytes)
    this.#bytes += taken - held.bytes
    held.bytes = taken
  }
}
