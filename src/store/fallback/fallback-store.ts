import { type Clock, delay } from '../../ports/clock.ts'
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
  type Watch,
} from '../../ports/session-store.ts'
import type { Backend } from '../../protocol/message.ts'
import { latestFirst } from '../latest-first.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import { messagesOf } from './answers.ts'
import type { HeldSession } from './held-session.ts'
import { NotNow } from './not-now.ts'
import { Outage } from './outage.ts'
import { Replay } from './replay.ts'

/** A session without its messages, roughly, in bytes. */
const SESSION_BYTES = 1000
const MESSAGE_BYTES = 500
/** Sessions that are written back at the same time. */
const REPLAYS_AT_ONCE = 16
const REPLAY_RETRY_MS = 250
/** How often a replay is tried before this replica writes what another one seems to have left undone: about 5 s. */
const PATIENCE = 20
/** How long the end of a write-back is waited for at the end. */
const CLOSE_MS = 2000

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
  #backend: Backend = 'redis'
  /** How often the store went away, and up to which time of that this replica has returned. */
  #outages = 0
  #returned = 0
  #writingBack: Promise<void> | null = null
  #closed = false

  constructor(options: FallbackOptions) {
    this.#options = options
    this.#outage = new Outage({
      clock: options.clock,
      log: options.log,
      probe: () => options.probe(),
      onAway: () => {
        this.#outages++
        this.#tell('memory')
      },
      onBack: () => {
        this.#writingBack ??= this.#writeBack()
      },
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
    return this.#backend
  }

  /** What is served from memory at the moment, and the bytes of the allowance that it takes. */
  get held(): { readonly sessions: number; readonly bytes: number } {
    return { sessions: this.#held.size, bytes: this.#heldBytes }
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
      take: (sessionId, replica) => roster.take(sessionId, replica),
      strike: (sessionId, replica) => roster.strike(sessionId, replica),
      members: () => this.watch(() => roster.members()),
      pulses: (addresses) => this.watch(() => roster.pulses(addresses)),
      sessionsOf: (replica) => this.watch(() => roster.sessionsOf(replica)),
      bury: (replica) => this.watch(() => roster.bury(replica)),
    }
  }

  create(
    session: { id: string; userId: string | null; createdAt: string },
    watch: Watch | null,
  ): Promise<StoredSession> {
    return this.#either(
      () => this.#options.shared.create(session, watch),
      async () => {
        if (!this.#held.has(session.id)) this.#hold(session.id, null, false, SESSION_BYTES)
        return this.#options.memory.create(session, watch)
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

  async begin(request: BeginRequest): Promise<Started | Repeated | Busy | Missing> {
    const bytes = 2 * MESSAGE_BYTES + Buffer.byteLength(request.message.content)
    const begun = await this.#for(request.sessionId, (store) => store.begin(request), bytes)
    const held = this.#held.get(request.sessionId)
    if (begun.kind === 'repeated' && held !== undefined) held.dirty = true // acknowledged as not persisted: it has to be
    return begun
  }

  regenerate(request: RegenerateRequest): Promise<Started | Busy | Conflict | Missing> {
    return this.#for(request.sessionId, (store) => store.regenerate(request), MESSAGE_BYTES)
  }

  nodeOf(sessionId: string): string {
    return this.#options.shared.nodeOf(sessionId)
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    if (this.#held.size === 0 && !this.#isAway()) return this.#appendThere(items)
    const ids = items.map(({ sessionId }) => sessionId)
    for (let closing = this.#closing(ids); closing !== null; closing = this.#closing(ids)) await closing
    const isHere = items.map((item) => this.#isHere(item.sessionId))
    const here = items.filter((_, i) => isHere[i])
    const there = items.filter((_, i) => !isHere[i])
    const [local, shared] = await Promise.all([
      this.#appendHere(here),
      there.length === 0 ? [] : this.#appendThere(there),
    ])
    let [nextLocal, nextShared] = [0, 0]
    return isHere.map((held) => (held ? local[nextLocal++] : shared[nextShared++]) ?? 'fenced')
  }

  /** Needs no room: what it adds waits in this process already, and is let go there. */
  finish(request: Parameters<SessionStore['finish']>[0]): Promise<Finished | Fenced> {
    return this.#for(request.sessionId, (store) => store.finish(request), 0)
  }

  claim(request: Parameters<SessionStore['claim']>[0]): Promise<Claimed | Fenced> {
    return this.#for(request.sessionId, (store) => store.claim(request))
  }

  restart(request: RestartRequest): Promise<Restarted | Fenced> {
    return this.#for(request.sessionId, (store) => store.restart(request), 0)
  }

  raise(request: RaiseRequest): Promise<Raised | Conflict> {
    return this.#for(request.sessionId, (store) => store.raise(request))
  }

  async keep(answers: readonly { sessionId: string; epoch: number }[]): Promise<readonly (readonly string[] | null)[]> {
    const { shared, memory } = this.#options
    return this.#split(
      answers,
      ({ sessionId }) => sessionId,
      (here) => memory.keep(here),
      (there) => shared.keep(there),
    )
  }

  async unwatch(sessionId: string, watch: Watch): Promise<void> {
    await this.watch(() => this.#options.shared.unwatch(sessionId, watch))
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
    const { shared, memory } = this.#options
    return this.#split(
      sessionIds,
      (id) => id,
      (here) => memory.remaining(here),
      (there) => shared.remaining(there),
    )
  }

  sizeOf(sessionId: string): Promise<number> {
    return this.#for(sessionId, (store) => store.sizeOf(sessionId))
  }

  async sessionsOf(userId: string): Promise<readonly StoredSession[]> {
    const { shared, memory } = this.#options
    const stored = await this.watch(() => shared.sessionsOf(userId))
    if (this.#held.size === 0) return stored
    const held = await memory.sessionsOf(userId)
    return [...held, ...stored.filter(({ id }) => !this.#held.has(id))].sort(latestFirst)
  }

  async close(): Promise<void> {
    const { clock, log, shared } = this.#options
    const patience = new AbortController()
    if (!this.#isAway())
      await Promise.race([this.#writingBack, delay(clock, CLOSE_MS, patience.signal).catch(() => {})])
    patience.abort()
    this.#closed = true
    this.#outage.close()
    if (this.#held.size > 0) log.error({ sessions: this.#held.size }, 'held sessions are lost')
    await shared.close()
  }

  /** `bytes`: what a write may add to what is held, if it comes to that; null for what only reads. */
  async #for<T>(sessionId: string, call: (store: SessionStore) => Promise<T>, bytes: number | null = null): Promise<T> {
    const { shared, memory } = this.#options
    for (;;) {
      for (let closing = this.#closing([sessionId]); closing !== null; closing = this.#closing([sessionId]))
        await closing
      if (this.#isHere(sessionId)) {
        if (bytes !== null && bytes > 0) this.#checkRoom(bytes)
        const reply = call(memory) // has done its work by now
        if (bytes !== null) this.#weigh(sessionId)
        return reply
      }
      try {
        const reply = await this.watch(() => call(shared))
        // Else it came so late that the session went on here meanwhile: as good as lost, and the call is repeated.
        if (!this.#held.has(sessionId)) return reply
      } catch (error) {
        await this.#despair(error, [sessionId])
      }
    }
  }

  /** The shared store, or where that is certainly away, memory. */
  async #either<T>(shared: () => Promise<T>, here: () => Promise<T>): Promise<T> {
    if (this.#isAway()) return here()
    try {
      return await this.watch(shared)
    } catch (error) {
      await this.#despair(error, [])
      return here()
    }
  }

  /** A call failed: returns where it can be answered from memory, once that is certain, else throws. */
  async #despair(error: unknown, sessionIds: readonly string[]): Promise<void> {
    if (!(error instanceof StoreUnavailable)) throw error
    await this.#outage.decided()
    if (!this.#isAway() && !sessionIds.some((id) => this.#held.has(id))) throw error
  }

  /**
   * Settles when one of the sessions that are being released is; null where none is. To be asked again after each wait, with
   * nothing awaited between a null and what it was asked for: what memory takes of a session meanwhile would be lost.
   */
  #closing(sessionIds: readonly string[]): Promise<void> | null {
    for (const id of sessionIds) {
      const closing = this.#held.get(id)?.closing ?? null
      if (closing !== null) return closing
    }
    return null
  }

  async #appendHere(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    if (items.length === 0) return []
    const sizes = items.map(({ text }) => Buffer.byteLength(text))
    this.#checkRoom(sizes.reduce((sum, size) => sum + size, 0))
    const results = await this.#options.memory.append(items)
    for (const [i, { sessionId }] of items.entries()) if (results[i] === 'stored') this.#count(sessionId, sizes[i] ?? 0)
    return results
  }

  async #appendThere(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    try {
      const results = await this.watch(() => this.#options.shared.append(items))
      const late = this.#held.size === 0 ? [] : items.filter(({ sessionId }) => this.#held.has(sessionId))
      if (late.length === 0) return results
      const again = await this.append(late) // see #for
      return items.map((item, i) => again[late.indexOf(item)] ?? results[i] ?? 'fenced')
    } catch (error) {
      await this.#despair(
        error,
        items.map(({ sessionId }) => sessionId),
      )
      return this.append(items)
    }
  }

  /** Asks each store about what is in it; in the order of `items`. */
  async #split<T, R>(
    items: readonly T[],
    idOf: (item: T) => string,
    here: (items: readonly T[]) => Promise<readonly R[]>,
    there: (items: readonly T[]) => Promise<readonly R[]>,
  ): Promise<readonly R[]> {
    const isHeld = items.map((item) => this.#held.has(idOf(item)))
    const local = [...(await here(items.filter((_, i) => isHeld[i])))]
    const others = items.filter((_, i) => !isHeld[i])
    const shared = others.length === 0 ? [] : [...(await this.watch(() => there(others)))]
    return isHeld.map((held) => (held ? local.shift() : shared.shift()) as R)
  }

  #isAway(): boolean {
    return this.#outage.mode === 'away'
  }

  /** Whether the session is served from memory; starts it where that has to be. Throws where it cannot be (G1). */
  #isHere(sessionId: string): boolean {
    if (this.#held.has(sessionId)) return true
    if (!this.#isAway()) return false
    const { memory } = this.#options
    const copy = this.#recall?.copyOf(sessionId)
    if (copy === undefined) throw new StoreUnavailable('the session is not in this replica’s memory')
    const running = this.#recall?.runningOf(sessionId) ?? null
    const isHalf = copy.messages.at(-1)?.role === 'user' // of its answer this replica has not heard yet
    const messages = isHalf ? copy.messages.slice(0, -1) : copy.messages
    const lastSeq = copy.session.lastSeq - (isHalf ? 1 : 0)
    // What was under way may know another copy by the same version: none is current here.
    const session = { ...copy.session, lastSeq, version: copy.session.version + 1 }
    this.#hold(sessionId, session, running !== null, weightOf({ session, messages, running }))
    memory.restore(session, messages, running)
    this.#recall?.held(sessionId, messagesOf({ session, messages, running }))
    return true
  }

  #hold(id: string, base: StoredSession | null, dirty: boolean, bytes: number): void {
    this.#checkRoom(bytes)
    const written = base?.lastSeq ?? 0
    const news = { changed: new Set<string>(), watchers: new Set<string>() }
    this.#held.set(id, { id, base, dirty, bytes: 0, written, ...news, patience: PATIENCE, closing: null })
    this.#count(id, bytes)
  }

  /** Throws where there is no room for so much more (G1). */
  #checkRoom(bytes: number): void {
    if (this.#heldBytes + bytes > this.#options.maxBytes) throw new StoreUnavailable('the fallback memory is full')
  }

  #count(sessionId: string, bytes: number): void {
    const held = this.#held.get(sessionId)
    if (held === undefined) return
    held.bytes += bytes
    this.#heldBytes += bytes
  }

  #weigh(sessionId: string): void {
    const held = this.#held.get(sessionId)
    if (held !== undefined) this.#count(sessionId, weightOf(this.#options.memory.peek(sessionId)) - held.bytes)
  }

  #release(held: HeldSession): void {
    this.#held.delete(held.id)
    this.#heldBytes -= held.bytes
    this.#options.memory.forget(held.id)
  }

  /** Writes all that is held back, for as long as that takes, and then says that durability is back. */
  async #writeBack(): Promise<void> {
    const { clock, log } = this.#options
    while (!this.#isAway() && !this.#closed) {
      if (await this.#return()) await this.#replayAll()
      if (this.#returned === this.#outages && this.#held.size === 0) {
        log.info({}, 'all that was held is in the store')
        this.#tell('redis')
        break
      }
      await new Promise<void>((resolve) => clock.after(REPLAY_RETRY_MS, resolve))
    }
    this.#writingBack = null
  }

  /** Whether this replica is known in the shared store again by what it owns. */
  async #return(): Promise<boolean> {
    const outages = this.#outages
    if (this.#returned === outages) return true
    try {
      await this.#recall?.returning()
      this.#returned = outages
    } catch (err) {
      this.#options.log.warn({ err }, 'what this replica owns is not listed yet, trying again')
    }
    return this.#returned === this.#outages
  }

  async #replayAll(): Promise<void> {
    const { shared, memory, owner, clock, log } = this.#options
    if (this.#recall === null) return
    const options = { shared, memory, owner, recall: this.#recall, done: (held: HeldSession) => this.#release(held) }
    const queue = [...this.#held.values()]
    const work = async (): Promise<void> => {
      for (let held = queue.shift(); held !== undefined && !this.#isAway(); held = queue.shift()) {
        const { id: session } = held
        await new Replay(held, options).run().catch((err: unknown) => {
          if (err instanceof NotNow) return log.debug({ session, reason: err.message }, 'a held session has to wait')
          if (err instanceof StoreUnavailable) this.#outage.failed(clock.now())
          log.warn({ err, session }, 'writing a held session back failed, trying again')
        })
      }
    }
    await Promise.all(Array.from({ length: REPLAYS_AT_ONCE }, work))
  }

  #tell(backend: Backend): void {
    if (backend === this.#backend) return
    this.#backend = backend
    for (const listener of this.#listeners) listener(backend)
  }
}

/** Bytes that a session takes, roughly. */
function weightOf(snapshot: Snapshot | null): number {
  const text = Buffer.byteLength(snapshot?.running?.text ?? '')
  const messages = snapshot?.messages ?? []
  return messages.reduce((sum, { content }) => sum + MESSAGE_BYTES + Buffer.byteLength(content), SESSION_BYTES + text)
}
