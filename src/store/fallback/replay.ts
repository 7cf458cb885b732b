import type { News, Recall } from '../../ports/recall.ts'
import type { RunningAnswer, SessionStore, Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import { encodeMessage } from '../message-json.ts'
import { continues, emptied, interrupted, messagesOf } from './answers.ts'
import { Claim } from './claim.ts'
import type { HeldSession } from './held-session.ts'
import { NotNow } from './not-now.ts'

export interface ReplayOptions {
  readonly shared: SessionStore
  readonly memory: MemorySessionStore
  /** This replica's address. */
  readonly owner: string
  readonly recall: Recall
  /** Nothing of the session is left to write: to be forgotten here, at once. */
  done(held: HeldSession): void
}

/**
 * Writes one held session to the shared store: once, in order (G2, G4). Every step looks first at what is there, so a
 * replay that failed half-way is run again from its beginning. The session goes on in memory meanwhile; only for the last
 * step, in which it is released, everybody who calls for it waits.
 */
export class Replay {
  readonly #options: ReplayOptions
  readonly #held: HeldSession
  #wrote = false

  constructor(held: HeldSession, options: ReplayOptions) {
    this.#held = held
    this.#options = options
  }

  /** Rejects where it has to be run again. */
  async run(): Promise<void> {
    const { id, base, dirty } = this.#held
    const here = this.#here()
    if (here === null) return this.#options.recall.enlisted(id, async () => this.#expire()) // and struck
    const { version } = here.session
    if (base !== null && version === base.version && !dirty && (await this.#conclude(version, null))) return
    await this.#options.recall.enlisted(id, async () => {
      while (!(await this.#write())) {} // it has changed meanwhile
    })
  }

  /** Writes what there is; false where there is more by now. */
  async #write(): Promise<boolean> {
    const here = this.#here()
    if (here === null) {
      this.#expire()
      return true
    }
    this.#wrote = true
    const there = (await this.#options.shared.read(this.#held.id, 0)) ?? (await this.#create(here))
    if (there.session.lastSeq < (this.#held.base?.lastSeq ?? 0)) this.#held.written = 0 // it has lost some, perhaps all
    const claim = (await this.#settleLast(there)) ?? (await this.#addNew())
    return this.#conclude(here.session.version, claim)
  }

  #here(): Snapshot | null {
    return this.#options.memory.peek(this.#held.id)
  }

  #find(matches: (message: Message) => boolean): Message | undefined {
    return messagesOf(this.#here()).find(matches)
  }

  /** Its time has run out in memory. */
  #expire(): void {
    this.#options.done(this.#held)
    this.#options.recall.confirmed(this.#held.id, null, this.#news([], 0))
  }

  /** The shared store lost the session, or never had it. */
  async #create({ session: { id, userId, createdAt } }: Snapshot): Promise<Snapshot> {
    const { shared, recall } = this.#options
    return { session: await shared.create({ id, userId, createdAt }, recall.watchOf(id)), messages: [], running: null }
  }

  /** The last answer of which the shared store knew: both may have gone on with it. */
  async #settleLast(there: Snapshot): Promise<Claim | null> {
    const ours = this.#find(({ seq }) => seq === this.#held.written)
    if (ours?.role !== 'assistant') return null
    const theirs = messagesOf(there).find(({ id }) => id === ours.id)
    if (theirs !== undefined) return this.#settle(ours, theirs, there)
    this.#abandon(ours)
    return null
  }

  /** Brings what both have of an answer together. */
  async #settle(ours: Message, theirs: Message, there: Snapshot): Promise<Claim | null> {
    const { running } = there
    const { owner } = this.#options
    if (running?.messageId === ours.id && running.owner === owner && !this.#isAlien(ours)) {
      return this.#complete(running)
    }
    if (encodeMessage(ours) === encodeMessage({ ...theirs, seq: ours.seq })) return null
    if (ours.attempt > theirs.attempt && running === null && there.messages?.at(-1)?.id === ours.id) {
      return this.#regenerate({ ...emptied(ours), seq: theirs.seq }, there.session.version)
    }
    await this.#yield(ours, theirs, there)
    return null
  }

  /** Another attempt at the last answer was begun here. */
  async #regenerate(answer: Message, version: number): Promise<Claim | null> {
    const { owner, shared } = this.#options
    const sessionId = this.#held.id
    const started = await shared.regenerate({ sessionId, answer, owner, version, contextSize: 0 })
    if (started.kind !== 'started') throw new NotNow('the session has changed')
    this.#told(answer.id, started.watchers)
    return this.#completeStarted(answer)
  }

  /** An answer slot was claimed, now or by an earlier try that may have got further. */
  async #completeStarted({ id, seq }: Message): Promise<Claim | null> {
    const running = (await this.#options.shared.read(this.#held.id, seq - 1))?.running
    if (running?.messageId !== id || running.owner !== this.#options.owner)
      throw new NotNow('the answer was taken over')
    return this.#complete(running)
  }

  /** Null where that was the end of it. */
  async #complete(running: RunningAnswer): Promise<Claim | null> {
    const claim = new Claim(running, {
      sessionId: this.#held.id,
      shared: this.#options.shared,
      here: () => this.#here(),
      told: (messageId, watchers) => this.#told(messageId, watchers),
    })
    return (await claim.complete()) ? null : claim
  }

  /** What the shared store holds stands; where something else was shown here, all take it anew (G4). */
  async #yield(ours: Message, theirs: Message, there: Snapshot): Promise<void> {
    const { shared, recall } = this.#options
    const { id: sessionId } = this.#held
    recall.lost(sessionId, ours.id)
    this.#held.changed.add(ours.id)
    if (theirs.attempt > ours.attempt || (theirs.attempt === ours.attempt && continues(ours, theirs))) return
    const content = theirs.status === 'streaming' ? '' : theirs.content
    const message = { ...theirs, content, attempt: ours.attempt + 1 }
    const outcome = await shared.raise({ sessionId, version: there.session.version, message })
    if (outcome.kind === 'conflict') throw new NotNow('the answer changes')
    const now = messagesOf(await shared.read(sessionId, theirs.seq - 1)).find(({ id }) => id === ours.id)
    if (now !== undefined) recall.changed(sessionId, now, outcome.watchers)
  }

  /** The shared store will never hold this answer: nobody is to wait for its end. */
  #abandon(ours: Message): void {
    const { recall } = this.#options
    recall.lost(this.#held.id, ours.id)
    recall.changed(this.#held.id, ours.status === 'streaming' ? interrupted(ours) : ours, [])
  }

  /** Adds the messages and answers that came since, until one of them still streams or none is left. */
  async #addNew(): Promise<Claim | null> {
    for (;;) {
      const message = this.#find(({ seq, role }) => seq > this.#held.written && role === 'user')
      if (message === undefined) return null
      const claim = await this.#add(message)
      if (claim !== null) return claim
      this.#held.written = message.seq + 1
    }
  }

  /** Adds a user's message with its answer. */
  async #add({ seq, ...message }: Message): Promise<Claim | null> {
    const { shared, owner } = this.#options
    const sessionId = this.#held.id
    const ours = this.#find((one) => one.seq === seq + 1)
    if (ours === undefined) throw new NotNow('the session has expired')
    if (this.#isAlien(ours)) this.#beg('another replica produces the answer')
    const { seq: _, ...answer } = emptied(ours)
    const context = { userId: null, knownVersion: null, contextSize: 0 }
    const begun = await shared.begin({ sessionId, message, answer, owner, ...context })
    switch (begun.kind) {
      case 'missing':
        throw new NotNow('the session has gone')
      case 'busy':
        return this.#wait(begun.running)
      case 'taken': // the shared store has it for an answer that this replica did not know
        this.#abandon(ours)
        return null
      case 'repeated':
        return this.#repeated(ours, begun.message, begun.answer)
    }
    this.#told(message.id, begun.watchers)
    this.#told(ours.id, begun.watchers)
    return this.#completeStarted({ ...ours, seq: begun.seq })
  }

  /** It was stored before: by this replay, or by a replica that the client had asked again. */
  async #repeated(ours: Message, message: Message, answer: Message): Promise<Claim | null> {
    this.#held.changed.add(message.id).add(answer.id)
    if (answer.id !== ours.id) {
      this.#abandon(ours)
      return null
    }
    const there = await this.#options.shared.read(this.#held.id, answer.seq - 1)
    const theirs = messagesOf(there).find(({ id }) => id === ours.id)
    if (there === null || theirs === undefined) throw new NotNow('the session has changed')
    return this.#settle(ours, theirs, there)
  }

  /** Releases the session if nothing of it is left to write: false where there is. */
  async #conclude(version: number, claim: Claim | null): Promise<boolean> {
    const { shared, recall, done } = this.#options
    const { id } = this.#held
    const closed = Promise.withResolvers<void>()
    this.#held.closing = closed.promise
    try {
      if (this.#here()?.session.version !== version) return false
      await claim?.append()
      const watch = recall.watchOf(id)
      const now = await shared.open({ sessionId: id, userId: null, watch, knownVersion: null })
      const lastSeq = this.#held.base?.lastSeq ?? 0
      if (claim !== null && now?.running?.epoch !== claim.epoch) return false
      if (now === null ? this.#held.written > lastSeq : now.session.lastSeq < lastSeq && !this.#wrote) return false
      const news = this.#news(messagesOf(now), lastSeq)
      done(this.#held)
      if (claim !== null) recall.rebased(id, claim.messageId, claim)
      recall.confirmed(id, now, news)
      return true
    } finally {
      this.#held.closing = null
      closed.resolve()
    }
  }

  /** What is told of the messages that the shared store has, of which it had those up to `lastSeq` before. */
  #news(messages: readonly Message[], lastSeq: number): News {
    const { changed: own, watchers } = this.#held
    const provisional = new Set<string>()
    const foreign = new Set<string>()
    const here = new Map(messagesOf(this.#here()).map((message) => [message.id, message]))
    for (const message of messages) {
      const ours = here.get(message.id)
      const isAsHere = ours !== undefined && encodeMessage(ours) === encodeMessage(message)
      const isOver = ours?.status !== 'streaming' && ours?.attempt === message.attempt // followers were told another end
      if (message.seq > lastSeq || (!isAsHere && isOver)) provisional.add(message.id)
      else if (!isAsHere) foreign.add(message.id)
    }
    return { provisional, foreign, own, watchers }
  }

  /** An answer that streams, as far as is known here, at another replica. */
  #isAlien(ours: Message): boolean {
    return ours.status === 'streaming' && this.#here()?.running?.messageId !== ours.id
  }

  /** Another answer streams: after that the message is added. One without a producer must not be waited for (F4). */
  async #wait(running: RunningAnswer): Promise<never> {
    const { owner, recall, shared } = this.#options
    const { messageId, epoch } = running
    if (running.owner === owner) {
      // A claim of this replica that was thought to have failed: of a later message, or one whose caller was told so.
      if (this.#find(({ id }) => id === messageId) !== undefined) await this.#complete(running)
      else await this.#interrupt(running)
    } else if (await recall.isDead(running.owner)) {
      this.#beg('the owner of the running answer is dead')
      const claimed = await shared.claim({ sessionId: this.#held.id, epoch, owner })
      if (claimed.kind === 'claimed') await this.#interrupt(claimed.running)
    }
    throw new NotNow('another answer streams')
  }

  async #interrupt({ messageId, epoch, seq, text }: RunningAnswer): Promise<void> {
    this.#beg('an answer that nobody produces streams')
    const { shared } = this.#options
    const sessionId = this.#held.id
    const there = await shared.read(sessionId, seq - 1)
    const message = there?.messages?.find(({ id }) => id === messageId)
    if (message === undefined) return
    const ended = interrupted({ ...message, content: text })
    await shared.finish({ sessionId, epoch, message: ended, at: there?.session.lastActivity ?? message.createdAt })
    this.#held.changed.add(messageId)
  }

  /** Leaves to another what is that one's to do, for a while. */
  #beg(reason: string): void {
    if (this.#held.patience <= 0) return
    this.#held.patience--
    throw new NotNow(reason)
  }

  #told(messageId: string, watchers: readonly string[]): void {
    this.#held.changed.add(messageId)
    for (const watcher of watchers) this.#held.watchers.add(watcher)
  }
}
