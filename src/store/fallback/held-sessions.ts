import {
  type AppendItem,
  type AppendResult,
  type NewSession,
  type RunningAnswer,
  type SessionStore,
  type Snapshot,
  type StoredSession,
  StoreUnavailable,
  type Watch,
} from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { weightOfSession, weightOfValue } from '../../session/weight.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import type { HeldSession } from './held-session.ts'

/**
 * Versions of held sessions begin far above the store's, and each time above the last. So a copy of a session as it was held never
 * passes as current in the store, or where it is held again.
 */
const VERSIONS = { from: 2 ** 44, each: 2 ** 20 }
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
  readonly #byId = new Map<string, HeldSession>()
  #bytes = 0
  #nextVersion = VERSIONS.from

  constructor(memory: MemorySessionStore, maxBytes: number) {
    this.memory = memory
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#byId.size
  }

  get bytes(): number {
    return this.#bytes
  }

  has(sessionId: string): boolean {
    return this.#byId.has(sessionId)
  }

  get(sessionId: string): HeldSession | undefined {
    return this.#byId.get(sessionId)
  }

  /** Those that are held at this moment. */
  all(): HeldSession[] {
    return [...this.#byId.values()]
  }

  /** Makes a session that the shared store has never had. */
  async create(session: NewSession, watch: Watch | null): Promise<StoredSession> {
    if (!this.has(session.id)) {
      const version = this.#newVersion()
      this.#hold(session.id, { seq: 0, version: 0 }, version, true, weightOfSession(session, []))
      const none = { lastActivity: session.createdAt, lastSeq: 0, firstSeq: 1, ttlSeconds: 0 }
      this.memory.restore({ ...session, ...none, version }, [], null)
    }
    return this.memory.create(session, watch)
  }

  /** Goes on with a session by this replica's copy of it. Gives the messages that memory has of it. */
  take(stored: StoredSession, copied: readonly Message[], running: RunningAnswer | null): readonly Message[] {
    const isHalf = copied.at(-1)?.role === 'user' // of its answer this replica has not heard yet
    const messages = isHalf ? copied.slice(0, -1) : copied
    const lastSeq = stored.lastSeq - (isHalf ? 1 : 0)
    const version = this.#newVersion()
    const session = { ...stored, lastSeq, version }
    const base = { seq: lastSeq, version: stored.version }
    this.#hold(session.id, base, version, running !== null, weightOf({ session, messages, running }))
    this.memory.restore(session, messages, running)
    return messages
  }

  /** Answers a call for a held session. `bytes`: what a write may add to it; null for what only reads. */
  call<T>(sessionId: string, call: (store: SessionStore) => Promise<T>, bytes: number | null): Promise<T> {
    if (bytes !== null && bytes > 0) this.#checkRoom(bytes)
    const reply = call(this.memory) // has done its work by now
    if (bytes !== null) this.#weigh(sessionId)
    return reply
  }

  /** Appends to answers of held sessions, as `SessionStore.append`: to each as far as there is room. */
  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return (await Promise.all(items.map((item) => this.#append(item)))).flat()
  }

  async #append(item: AppendItem): Promise<readonly AppendResult[]> {
    const bytes = weightOfValue(item.text)
    if (this.#bytes + bytes > this.#maxBytes) return ['later']
    this.#count(item.sessionId, bytes)
    const results = await this.memory.append([item])
    if (results[0] !== 'stored') this.#count(item.sessionId, -bytes)
    return results
  }

  release(held: HeldSession): void {
    this.#byId.delete(held.id)
    this.#bytes -= held.bytes
    this.memory.forget(held.id)
  }

  #newVersion(): number {
    const version = this.#nextVersion
    this.#nextVersion += VERSIONS.each
    return version
  }

  #hold(id: string, base: HeldSession['base'], version: number, dirty: boolean, bytes: number): void {
    this.#checkRoom(bytes)
    this.#byId.set(id, {
      id,
      base,
      version,
      dirty,
      unanswered: new Set(),
      bytes: 0,
      patience: PATIENCE,
      returning: Promise.resolve(false),
    })
    this.#count(id, bytes)
  }

  /** Throws where there is no room for so much more (G1). */
  #checkRoom(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) throw new StoreUnavailable('the fallback memory is full')
  }

  #count(sessionId: string, bytes: number): void {
    const held = this.#byId.get(sessionId)
    if (held === undefined) return
    held.bytes += bytes
    this.#bytes += bytes
  }

  #weigh(sessionId: string): void {
    const held = this.#byId.get(sessionId)
    if (held !== undefined) this.#count(sessionId, weightOf(this.memory.peek(sessionId)) - held.bytes)
  }
}

function weightOf(snapshot: Snapshot | null): number {
  if (snapshot === null) return 0
  return weightOfSession(snapshot.session, snapshot.messages ?? []) + weightOfValue(snapshot.running)
}
