import type { Recall } from '../../ports/recall.ts'
import type { RunningAnswer, SessionStore, Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import type { HeldSession } from './held-session.ts'

export interface ReplayOptions {
  readonly shared: SessionStore
  readonly memory: MemorySessionStore
  /** This replica's address. */
  readonly owner: string
  readonly recall: Recall
  /** Everything of the session is in the shared store: to be forgotten here, at once. */
  done(held: HeldSession): void
}

/** Another answer streams in the session, or it changed meanwhile: to be tried again. */
class NotNow extends Error {
  override readonly name = 'NotNow'
}

/**
 * Writes one held session to the shared store: once, in order (G2, G4). Every step may be repeated, so a replay that
 * failed half-way is run again from its beginning. The session goes on in memory meanwhile; the replay is over at a moment
 * at which nothing is left to write, and it is forgotten in that very moment.
 */
export class Replay {
  readonly #options: ReplayOptions
  readonly #held: HeldSession
  /** Messages of which the followers have to hear. */
  readonly #changed = new Set<string>()
  readonly #watchers = new Set<string>()

  constructor(held: HeldSession, options: ReplayOptions) {
    this.#held = held
    this.#options = options
  }

  /** Rejects where it has to be run again. */
  async run(): Promise<void> {
    const { shared, owner, recall, done } = this.#options
    const { id, base } = this.#held
    const there = (await shared.read(id, 0)) ?? (await this.#create())
    let written = there.session.lastSeq === 0 ? 0 : (base.session?.lastSeq ?? 0)
    let over = !this.#held.lastSettled && (await this.#settleLast(there))
    if (!over) over = await this.#regenerateLast(there)
    while (!over) {
      const message = this.#here()?.messages?.find((one) => one.seq > written)
      if (message === undefined) {
        done(this.#held)
        break
      }
      if (message.role === 'user') over = await this.#add(message)
      written = message.role === 'user' ? message.seq + 1 : message.seq
    }
    const now = await shared.open({ sessionId: id, userId: null, watcher: owner, knownVersion: null })
    if (now !== null) recall.confirmed(id, messagesOf(now), this.#changed, this.#watchers)
  }

  #here(): Snapshot | null {
    return this.#options.memory.peek(this.#held.id)
  }

  /** The shared store lost the session, or never had it. */
  async #create(): Promise<Snapshot> {
    const here = this.#here()
    if (here === null) throw new NotNow('the session has expired')
    const { id, userId, createdAt } = here.session
    const session = await this.#options.shared.create({ id, userId, createdAt }, this.#options.owner)
    return { session, messages: [], running: null }
  }

  /** The answer that this replica was producing when the store went away. True where the replay is over. */
  async #settleLast(there: Snapshot): Promise<boolean> {
    const { running } = this.#held.base
    const theirs = messagesOf(there).find((message) => message.id === running?.messageId)
    const ours = messagesOf(this.#here()).find((message) => message.id === running?.messageId)
    if (running === null || ours === undefined || theirs === undefined) return false
    if (there.running?.messageId === running.messageId && there.running.epoch === running.epoch) {
      return this.#write(running.messageId, running.epoch, there.running.text)
    }
    const same = theirs.status === ours.status && theirs.content === ours.content
    if (!same) await this.#yield(there, theirs, ours)
    this.#held.lastSettled = true
    return false
  }

  /** Somebody took the answer over: what the store holds stands, and where more was shown here, all take it anew (G4). */
  async #yield(there: Snapshot, theirs: Message, ours: Message): Promise<void> {
    const { shared, recall } = this.#options
    recall.lost(this.#held.id, ours.id)
    if (!theirs.content.startsWith(ours.content) || ours.status !== 'streaming') {
      const content = theirs.status === 'streaming' ? '' : theirs.content
      const message = { ...theirs, content, attempt: theirs.attempt + 1 }
      const raised = await shared.raise({ sessionId: this.#held.id, version: there.session.version, message })
      if (raised.kind === 'conflict') throw new NotNow('the answer changes')
      for (const watcher of raised.watchers) this.#watchers.add(watcher)
    }
    this.#changed.add(ours.id)
  }

  /** Another attempt at the last answer was begun here. True where the replay is over. */
  async #regenerateLast(there: Snapshot): Promise<boolean> {
    const { last } = this.#held.base
    const ours = messagesOf(this.#here()).find((message) => message.id === last?.id)
    const theirs = there.messages?.at(-1)
    if (last === null || ours === undefined || ours.attempt <= last.attempt || theirs?.id !== ours.id) return false
    if (theirs.attempt >= ours.attempt && there.running === null) return false
    const { shared, owner } = this.#options
    const { version } = there.session
    const answer: Message = { ...ours, content: '', status: 'streaming', metadata: {} }
    const started = await shared.regenerate({ sessionId: this.#held.id, answer, owner, version, contextSize: 0 })
    if (started.kind !== 'started') throw new NotNow('the session is busy')
    this.#changed.add(ours.id)
    return this.#write(ours.id, started.epoch, '')
  }

  /** Adds a user's message with its answer. True where the replay is over. */
  async #add(message: Message): Promise<boolean> {
    const { shared, owner } = this.#options
    const ours = messagesOf(this.#here()).find((one) => one.seq === message.seq + 1)
    if (ours === undefined) throw new NotNow('the session has expired')
    const { seq: _, ...draft } = message
    const { seq: __, ...final } = ours
    const begun = await shared.begin({
      sessionId: this.#held.id,
      userId: null,
      message: draft,
      answer: { ...final, content: '', status: 'streaming', metadata: {} },
      owner,
      knownVersion: null,
      contextSize: 0,
    })
    this.#changed.add(message.id).add(ours.id)
    if (begun.kind === 'busy' || begun.kind === 'missing') throw new NotNow('the session is busy')
    if (begun.kind === 'repeated') {
      // It was stored before, here or by a replica that the client asked again: that stands.
      if (begun.answer.id !== ours.id || begun.answer.status === 'streaming')
        this.#options.recall.lost(this.#held.id, ours.id)
      return false
    }
    for (const watcher of begun.watchers) this.#watchers.add(watcher)
    const stored = await shared.read(this.#held.id, begun.seq - 1) // an earlier try may have got further
    return this.#write(ours.id, begun.epoch, stored?.running?.text ?? '', begun.seq)
  }

  /** Brings a claimed answer up to what it is here, until it has ended or nothing is left; true where that is the end of all. */
  async #write(messageId: string, epoch: number, stored: string, seq?: number): Promise<boolean> {
    const { shared, recall, done } = this.#options
    const { id: sessionId } = this.#held
    for (let text = stored; ; ) {
      const ours = messagesOf(this.#here()).find((message) => message.id === messageId)
      if (ours === undefined) throw new NotNow('the session has expired')
      if (ours.status !== 'streaming') {
        const message = { ...ours, seq: seq ?? ours.seq }
        const finished = await shared.finish({ sessionId, epoch, message, at: lastActivityOf(this.#here()) })
        if (finished.kind === 'fenced') throw new NotNow('the answer was taken over')
        this.#changed.add(messageId)
        this.#held.lastSettled = true
        return false
      }
      if (ours.content.length === text.length) {
        recall.rebased(sessionId, messageId, epoch, seq ?? ours.seq)
        done(this.#held)
        return true
      }
      const tail = ours.content.slice(text.length)
      const item = { sessionId, epoch, storedBytes: Buffer.byteLength(text), text: tail, bookmark: null }
      const [result] = await shared.append([item])
      if (result !== 'stored') throw new NotNow('the answer was taken over')
      text = ours.content
    }
  }
}

/** The messages, the running answer's with its text. */
function messagesOf(snapshot: Snapshot | null): readonly Message[] {
  const running: RunningAnswer | null = snapshot?.running ?? null
  return (snapshot?.messages ?? []).map((message) =>
    message.id === running?.messageId
      ? { ...message, content: running.text, attempt: running.attempt, status: 'streaming' }
      : message,
  )
}

function lastActivityOf(snapshot: Snapshot | null): string {
  return snapshot?.session.lastActivity ?? new Date(0).toISOString()
}
