import type { News, Recall } from '../../ports/recall.ts'
import type { RunningAnswer, SessionStore, Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import type { MemorySessionStore } from '../memory/memory-store.ts'
import { encodeMessage } from '../message-json.ts'
import type { HeldSession } from './held-session.ts'

export interface ReplayOptions {
  readonly shared: SessionStore
  readonly memory: MemorySessionStore
  /** This replica's address. */
  readonly owner: string
  readonly recall: Recall
  /** Nothing of the session is left to write: to be forgotten here, at once. */
  done(held: HeldSession): void
}

/** Another answer streams in the session, or it changed meanwhile: to be tried again. */
export class NotNow extends Error {
  override readonly name = 'NotNow'
}

/** An answer that this replica may write in the shared store, and what that holds of it. */
interface Claim {
  readonly messageId: string
  readonly seq: number
  epoch: number
  attempt: number
  text: string
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
    const { id, base, ran } = this.#held
    const here = this.#here()
    if (here === null) return this.#expire()
    const { version } = here.session
    if (base !== null && version === base.version && !ran && (await this.#conclude(version, null))) return
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
    const { shared, recall, owner } = this.#options
    const watcher = recall.follows(id) ? owner : null
    return { session: await shared.create({ id, userId, createdAt }, watcher), messages: [], running: null }
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
    const { owner, shared } = this.#options
    if (running?.messageId === ours.id && running.owner === owner && !this.#isAlien(ours)) {
      return this.#complete(claimOf(running))
    }
    if (encodeMessage(ours) === encodeMessage({ ...theirs, seq: ours.seq })) return null
    if (ours.attempt > theirs.attempt && running === null && there.messages?.at(-1)?.id === ours.id) {
      const answer = { ...emptied(ours), seq: theirs.seq }
      const { version } = there.session
      const sessionId = this.#held.id
      const started = await shared.regenerate({ sessionId, answer, owner, version, contextSize: 0 })
      if (started.kind !== 'started') throw new NotNow('the session has changed')
      this.#told(ours.id, started.watchers)
      const { id: messageId, seq, attempt } = answer
      return this.#complete({ messageId, seq, epoch: started.epoch, attempt, text: '' })
    }
    await this.#yield(ours, theirs, there)
    return null
  }

  /** What the shared store holds stands; where something else was shown here, all take it anew (G4). */
  async #yield(ours: Message, theirs: Message, there: Snapshot): Promise<void> {
    const { shared, recall } = this.#options
    const { id: sessionId } = this.#held
    recall.lost(sessionId, ours.id)
    this.#held.changed.add(ours.id)
    if (theirs.attempt > ours.attempt || (theirs.attempt === ours.attempt && continues(ours, theirs))) return
    const raised = { ...theirs, attempt: ours.attempt + 1 }
    const message = { ...raised, content: theirs.status === 'streaming' ? '' : theirs.content }
    const outcome = await shared.raise({ sessionId, version: there.session.version, message })
    if (outcome.kind === 'conflict') throw new NotNow('the answer changes')
    recall.changed(sessionId, raised, outcome.watchers)
  }

  /** The shared store will never hold this answer. */
  #abandon(ours: Message): void {
    const { recall } = this.#options
    recall.lost(this.#held.id, ours.id)
    if (ours.status === 'streaming') recall.changed(this.#held.id, interrupted(ours), [])
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
        if (begun.running.owner === owner) await this.#settleOwn(begun.running)
        throw new NotNow('another answer streams')
      case 'repeated':
        return this.#repeated(ours, begun.message, begun.answer)
    }
    this.#told(message.id, begun.watchers)
    this.#told(ours.id, begun.watchers)
    const there = await shared.read(sessionId, begun.seq - 1) // an earlier try may have got further
    if (there?.running?.messageId !== ours.id) throw new NotNow('the answer was taken over')
    return this.#complete(claimOf(there.running))
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

  /** Brings a claimed answer up to what it is here. Null once it has ended; else a claim that lags by one round trip at most. */
  async #complete(claim: Claim): Promise<Claim | null> {
    const ours = this.#ours(claim)
    if (ours.attempt > claim.attempt || !extendsText(ours, claim.text)) await this.#restart(claim, ours)
    if (ours.status === 'streaming') {
      await this.#append(claim)
      return claim
    }
    const { shared } = this.#options
    const { id: sessionId } = this.#held
    const at = this.#here()?.session.lastActivity ?? ours.createdAt
    const { seq, attempt } = claim
    const message = { ...ours, seq, attempt }
    const finished = await shared.finish({ sessionId, epoch: claim.epoch, message, at })
    if (finished.kind === 'fenced') throw new NotNow('the answer was taken over')
    this.#told(ours.id, finished.watchers)
    return null
  }

  #ours({ messageId }: Claim): Message {
    const ours = this.#find(({ id }) => id === messageId)
    if (ours === undefined) throw new NotNow('the session has expired')
    return this.#isAlien(ours) ? interrupted(ours) : ours
  }

  /** Another attempt was begun here. */
  async #restart(claim: Claim, ours: Message): Promise<void> {
    const { id: sessionId } = this.#held
    const { epoch, seq } = claim
    const attempt = Math.max(ours.attempt, claim.attempt + 1)
    const message = { ...emptied(ours), seq, attempt }
    const restarted = await this.#options.shared.restart({ sessionId, epoch, message, keepText: false })
    if (restarted.kind === 'fenced') throw new NotNow('the answer was taken over')
    claim.epoch = restarted.epoch
    claim.attempt = attempt
    claim.text = ''
    this.#told(ours.id, restarted.watchers)
  }

  /** Appends what the text has grown by. */
  async #append(claim: Claim): Promise<void> {
    const running = this.#here()?.running
    if (running?.messageId !== claim.messageId || running.attempt > claim.attempt) return // the next round sees to it
    const { text, bookmark } = running
    const tail = text.slice(claim.text.length)
    const storedBytes = Buffer.byteLength(claim.text)
    const item = { sessionId: this.#held.id, epoch: claim.epoch, storedBytes, text: tail, bookmark }
    const [result] = await this.#options.shared.append([item])
    if (result !== 'stored') throw new NotNow('the answer was taken over')
    claim.text += tail
  }

  /** Releases the session if nothing of it is left to write: false where there is. */
  async #conclude(version: number, claim: Claim | null): Promise<boolean> {
    const { shared, recall, owner, done } = this.#options
    const { id } = this.#held
    const closed = Promise.withResolvers<void>()
    this.#held.closing = closed.promise
    try {
      if (this.#here()?.session.version !== version) return false
      if (claim !== null) await this.#append(claim)
      const watcher = recall.follows(id) ? owner : null
      const now = await shared.open({ sessionId: id, userId: null, watcher, knownVersion: null })
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

  /** Of what the shared store has: everything beyond `lastSeq`, which others may have added to, and what is not as it is here. */
  #news(messages: readonly Message[], lastSeq: number): News {
    const { changed, watchers } = this.#held
    const ours = new Map(messagesOf(this.#here()).map((message) => [message.id, encodeMessage(message)]))
    const here = messages.filter((message) => {
      const known = ours.get(message.id)
      return message.seq > lastSeq || (known !== undefined && known !== encodeMessage(message))
    })
    return { here: new Set(here.map(({ id }) => id)), elsewhere: changed, watchers }
  }

  /** An answer that streams, as far as is known here, at another replica. */
  #isAlien(ours: Message): boolean {
    return ours.status === 'streaming' && this.#here()?.running?.messageId !== ours.id
  }

  /** A claim of this replica that was thought to have failed: of a later message, or one whose caller was told so. */
  async #settleOwn(running: RunningAnswer): Promise<void> {
    const { messageId, epoch, seq, text } = running
    if (this.#find(({ id }) => id === messageId) !== undefined) return void (await this.#complete(claimOf(running)))
    this.#beg('an unknown answer of this replica streams')
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

/** The messages, the running answer's with its text. */
export function messagesOf(snapshot: Snapshot | null): readonly Message[] {
  const running = snapshot?.running ?? null
  return (snapshot?.messages ?? []).map((message) =>
    message.id === running?.messageId
      ? { ...message, content: running.text, attempt: running.attempt, status: 'streaming' }
      : message,
  )
}

function claimOf({ messageId, seq, epoch, attempt, text }: RunningAnswer): Claim {
  return { messageId, seq, epoch, attempt, text }
}

function emptied(answer: Message): Message {
  return { ...answer, content: '', status: 'streaming', metadata: {} }
}

/** Whoever was shown `ours` can go on with `theirs`. */
function continues(ours: Message, theirs: Message): boolean {
  return ours.status === 'streaming'
    ? theirs.content.startsWith(ours.content)
    : theirs.status !== 'streaming' && theirs.content === ours.content
}

/** The answer goes on with the stored text; while it streams, an append may have got there that was thought to have failed. */
function extendsText({ content, status }: Message, stored: string): boolean {
  return content.startsWith(stored) || (status === 'streaming' && stored.startsWith(content))
}

function interrupted(answer: Message): Message {
  const message = 'what wrote this answer is gone; regenerate it'
  const error = { code: 'interrupted', message, retryable: true }
  return { ...answer, status: 'error', metadata: { ...answer.metadata, error } }
}
