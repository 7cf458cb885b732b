import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Recall } from '../../ports/recall.ts'
import type { Roster } from '../../ports/roster.ts'
import {
  type AppendItem,
  type AppendResult,
  type BeginRequest,
  type Busy,
  type Claimed,
  type Conflict,
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
import type { Backend } from '../../protocol/message.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import type { HeldSession } from './held-session.ts'
import { Outage } from './outage.ts'
import { Replay } from './replay.ts'

/** A session without its messages, roughly, in bytes. */
const SESSION_BYTES = 1000
const MESSAGE_BYTES = 500
/** Sessions that are written back at the same time. */
const REPLAYS_AT_ONCE = 16
const REPLAY_RETRY_MS = 250

export interface FallbackOptions {
  readonly shared: SessionStore
  /** Takes the sessions while `shared` is away. */
  readonly memory: MemorySessionStore
  /** This replica's address. */
  readonly owner: string
  /** `FALLBACK_MAX_BYTES`: what all held sessions may take. */
  readonly maxBytes: number
  readonly clock: Clock
  readonly log: Log
  /** A small write to the shared store. */
  probe(): Promise<void>
}

/**
 * The shared store, and this replica's memory while it is away (G). A session that this replica knows is *held* from its
 * first use during an outage until everything of it has been written back; all calls for it are answered from memory until
 * then. One that it does not know is refused: the shared store may have it.
 */
export class FallbackStore implements SessionStore {
  readonly #options: FallbackOptions
  readonly #outage: Outage
  readonly #held = new Map<string, HeldSession>()
  readonly #listeners = new Set<(backend: Backend) => void>()
  #recall: Recall | null = null
  #heldBytes = 0
  #replaying = false

  constructor(options: FallbackOptions) {
    this.#options = options
    this.#outage = new Outage({
      clock: options.clock,
      log: options.log,
      probe: () => options.probe(),
      onAway: () => this.#tell(),
      onBack: () => void this.#replayAll(),
    })
  }

  /** To be called once, before the first request. */
  remember(recall: Recall): void {
    this.#recall = recall
  }

  /** Calls `listener` when durability is lost or back. */
  onBackend(listener: (backend: Backend) => void): void {
    this.#listeners.add(listener)
  }

  get backend(): Backend {
    return this.#isAway() ? 'memory' : 'redis'
  }

  /** Reports on a call to the shared store that did not go through this store. */
  async watch<T>(call: () => Promise<T>): Promise<T> {
    const startedAt = this.#options.clock.now()
    try {
      return await call()
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#outage.failed(startedAt)
      throw error
    }
  }

  /** A roster that goes on while the store is away: what could not be listed is listed on return (`Recall.returning`). */
  guard(roster: Roster): Roster {
    return {
      enlist: (sessionId) =>
        this.#either(
          () => roster.enlist(sessionId),
          async () => {},
        ),
      renew: () => this.watch(() => roster.renew()),
      leave: () => roster.leave(),
      strike: (sessionId, replica) => roster.strike(sessionId, replica),
      members: () => this.watch(() => roster.members()),
      pulses: (addresses) => this.watch(() => roster.pulses(addresses)),
      sessionsOf: (replica) => this.watch(() => roster.sessionsOf(replica)),
      bury: (replica) => this.watch(() => roster.bury(replica)),
    }
  }

  create(
    session: { id: string; userId: string | null; createdAt: string },
    watcher: string | null,
  ): Promise<StoredSession> {
    return this.#either(
      () => this.#options.shared.create(session, watcher),
      () => {
        this.#hold(session.id, { session: null, last: null, running: null }, SESSION_BYTES)
        return this.#options.memory.create(session, watcher)
      },
    )
  }

  open(request: Parameters<SessionStore['open']>[0]): Promise<Snapshot | null> {
    return this.#for(request.sessionId, (store) => store.open(request))
  }

  read(sessionId: string, after: number): Promise<Snapshot | null> {
    return this.#for(sessionId, (store) => store.read(sessionId, after))
  }

  page(sessionId: string, before: number, limit: number): ReturnType<SessionStore['page']> {
    return this.#for(sessionId, (store) => store.page(sessionId, before, limit))
  }

  begin(request: BeginRequest): Promise<Started | Repeated | Busy | Missing> {
    const { content } = request.message
    return this.#for(request.sessionId, (store) => store.begin(request), 2 * MESSAGE_BYTES + Buffer.byteLength(content))
  }

  regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing> {
    return this.#for(request.sessionId, (store) => store.regenerate(request))
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    if (this.#outage.mode === 'usable' && this.#held.size === 0) return this.#appendShared(items)
    const isHeld = items.map((item) => this.#isHere(item.sessionId))
    const here = items.filter((_, i) => isHeld[i])
    const there = items.filter((_, i) => !isHeld[i])
    for (const item of here) this.#take(item.sessionId, Buffer.byteLength(item.text))
    const [local, shared] = await Promise.all([
      this.#options.memory.append(here),
      there.length === 0 ? [] : this.#appendShared(there),
    ])
    let [nextLocal, nextShared] = [0, 0]
    return isHeld.map((held) => (held ? local[nextLocal++] : shared[nextShared++]) ?? 'fenced')
  }

  finish(request: Parameters<SessionStore['finish']>[0]): Promise<Finished | Fenced> {
    return this.#for(request.sessionId, (store) => store.finish(request), MESSAGE_BYTES)
  }

  claim(request: Parameters<SessionStore['claim']>[0]): Promise<Claimed | Fenced> {
    return this.#for(request.sessionId, (store) => store.claim(request))
  }

  restart(request: RestartRequest): Promise<Restarted | Fenced> {
    return this.#for(request.sessionId, (store) => store.restart(request))
  }

  raise(request: RaiseRequest): Promise<Raised | Conflict> {
    return this.#for(request.sessionId, (store) => store.raise(request))
  }

  async keep(answers: readonly { sessionId: string; epoch: number }[]): Promise<readonly (readonly string[] | null)[]> {
    const shared = answers.filter((answer) => !this.#held.has(answer.sessionId))
    const kept = await this.watch(async () => (shared.length === 0 ? [] : this.#options.shared.keep(shared)))
    const watchers = new Map(shared.map((answer, i) => [answer.sessionId, kept[i] ?? null]))
    return answers.map(({ sessionId }) => (this.#held.has(sessionId) ? [] : (watchers.get(sessionId) ?? null)))
  }

  async unwatch(sessionId: string, watcher: string): Promise<void> {
    await this.watch(() => this.#options.shared.unwatch(sessionId, watcher))
  }

  extend(sessionId: string): Promise<number | null> {
    return this.#for(sessionId, (store) => store.extend(sessionId))
  }

  /** A held session cannot be cleared: it would come back with what the shared store has of it. */
  async clear(sessionId: string): Promise<boolean> {
    if (this.#held.has(sessionId)) throw new StoreUnavailable('the session is held in memory')
    return this.watch(() => this.#options.shared.clear(sessionId))
  }

  remaining(sessionIds: readonly string[]): Promise<readonly number[]> {
    return this.watch(() => this.#options.shared.remaining(sessionIds))
  }

  sizeOf(sessionId: string): Promise<number> {
    return this.#for(sessionId, (store) => store.sizeOf(sessionId))
  }

  sessionsOf(userId: string): Promise<readonly StoredSession[]> {
    return this.watch(() => this.#options.shared.sessionsOf(userId))
  }

  async close(): Promise<void> {
    this.#outage.close()
    if (this.#held.size > 0) this.#options.log.error({ sessions: this.#held.size }, 'held sessions are lost')
    await this.#options.shared.close()
  }

  #for<T>(sessionId: string, call: (store: SessionStore) => Promise<T>, bytes = 0): Promise<T> {
    const { shared, memory } = this.#options
    const here = (): Promise<T> => {
      this.#holdKnown(sessionId)
      this.#take(sessionId, bytes)
      return call(memory)
    }
    return this.#held.has(sessionId) ? here() : this.#either(() => call(shared), here)
  }

  /** The shared store, or where that is certainly away, memory. */
  async #either<T>(shared: () => Promise<T>, here: () => Promise<T>): Promise<T> {
    if (this.#isAway()) return here()
    try {
      return await this.watch(shared)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await this.#outage.decided()
      if (this.#isAway()) return here()
      throw error
    }
  }

  async #appendShared(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return this.#either(
      () => this.#options.shared.append(items),
      () => this.append(items),
    )
  }

  #isAway(): boolean {
    return this.#outage.mode === 'away'
  }

  #isHere(sessionId: string): boolean {
    if (this.#isAway()) this.#holdKnown(sessionId)
    return this.#held.has(sessionId)
  }

  /** Starts to hold a session that this replica has in RAM; rejects what it does not know. */
  #holdKnown(sessionId: string): void {
    if (this.#held.has(sessionId)) return
    const copy = this.#recall?.copyOf(sessionId)
    if (copy === undefined) throw new StoreUnavailable('the session is not in this replica’s memory')
    const running = this.#recall?.runningOf(sessionId) ?? null
    const bytes = copy.messages.reduce((sum, m) => sum + MESSAGE_BYTES + Buffer.byteLength(m.content), SESSION_BYTES)
    const base = {
      session: copy.session,
      last: copy.messages.at(-1) ?? null,
      running: running === null ? null : { messageId: running.messageId, epoch: running.epoch },
    }
    this.#hold(sessionId, base, bytes + Buffer.byteLength(running?.text ?? ''))
    this.#options.memory.restore(copy.session, copy.messages, running)
  }

  #hold(id: string, base: HeldSession['base'], bytes: number): void {
    this.#held.set(id, { id, base, bytes: 0, lastSettled: base.running === null })
    try {
      this.#take(id, bytes)
    } catch (error) {
      this.#held.delete(id)
      throw error
    }
  }

  /** Counts what a held session takes; rejects what is beyond the allowance (G1). */
  #take(sessionId: string, bytes: number): void {
    const held = this.#held.get(sessionId)
    if (held === undefined) return
    if (this.#heldBytes + bytes > this.#options.maxBytes) throw new StoreUnavailable('the fallback memory is full')
    held.bytes += bytes
    this.#heldBytes += bytes
  }

  #release(held: HeldSession): void {
    this.#held.delete(held.id)
    this.#heldBytes -= held.bytes
    this.#options.memory.forget(held.id)
  }

  /** Writes every held session back, then says that durability is back; a session held meanwhile is next. */
  async #replayAll(): Promise<void> {
    if (this.#replaying || this.#recall === null) return
    this.#replaying = true
    const { shared, memory, owner, clock, log } = this.#options
    const options = { shared, memory, owner, recall: this.#recall, done: (held: HeldSession) => this.#release(held) }
    await this.#recall
      .returning()
      .catch((err: unknown) => log.warn({ err }, 'what this replica owns is not listed yet'))
    while (this.#held.size > 0 && !this.#isAway()) {
      const queue = [...this.#held.values()]
      const work = async (): Promise<void> => {
        for (let held = queue.shift(); held !== undefined; held = queue.shift()) {
          await this.watch(() => new Replay(held, options).run()).catch((err: unknown) => {
            log.warn({ err, session: held.id }, 'writing a held session back failed, trying again')
          })
        }
      }
      await Promise.all(Array.from({ length: REPLAYS_AT_ONCE }, work))
      if (this.#held.size > 0) await new Promise<void>((resolve) => clock.after(REPLAY_RETRY_MS, resolve))
    }
    this.#replaying = false
    if (!this.#isAway()) this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.backend)
  }
}
