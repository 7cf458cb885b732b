import type { Bus } from '../ports/bus.ts'
import { type Clock, isoNow, within } from '../ports/clock.ts'
import type { Membership } from '../ports/membership.ts'
import type { Begun } from '../ports/quotas.ts'
import type { GiveBack } from '../ports/rate-limiter.ts'
import type { SessionSockets } from '../ports/session-sockets.ts'
import {
  type Draft,
  type Durability,
  isSameState,
  type RunningAnswer,
  type SessionStore,
  type Started,
  type StoredSession,
  StoreUnavailable,
} from '../ports/session-store.ts'
import { BatonError } from '../protocol/errors.ts'
import type { MessageRef, Regenerated, SendRequest, Sent, Stopped } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import type { Admission } from './admission.ts'
import type { AnswerPublisher } from './answer/answer-publisher.ts'
import type { AnswerRunner } from './answer/answer-runner.ts'
import { OwnedAnswer } from './answer/owned-answer.ts'
import type { Caller } from './api.ts'
import type { OwnedSessions } from './failover/owned-sessions.ts'
import { ownedBy } from './failover/takeover.ts'
import type { SessionCache } from './follow/session-cache.ts'
import { copyOf, hasNewest, type SessionCopy, withAdded } from './follow/session-copy.ts'
import type { SessionFeeds } from './follow/session-feeds.ts'
import { busy, checkContent, idTaken, noSuchMessage, notFound, orOverloaded, raced, unreachable } from './guards.ts'
import type { Sessions } from './sessions.ts'

/** How often a change that lost a race against another replica is tried again before the caller is asked to. */
const RACE_LIMIT = 5
/** What the end of a stopped answer may take to be stored, in milliseconds. */
const ENDING_MS = 3000
/** Whoever was opening a session when it was cleared is in its room by then, in milliseconds. */
const TOLD_MS = 1000

export interface MessageDeps {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly sessions: Sessions
  readonly store: SessionStore
  readonly cache: SessionCache
  readonly feeds: SessionFeeds
  readonly runner: AnswerRunner
  readonly publisher: AnswerPublisher
  readonly ownedSessions: OwnedSessions
  readonly bus: Bus
  readonly membership: Membership
  readonly sockets: SessionSockets
  readonly admission: Admission
  readonly clock: Clock
  readonly newId: () => string
  readonly contextMessages: number
  readonly maxContentBytes: number
  /**
   * A claim of this replica that begins `answer`, or with null takes over what runs, was sent and not answered. Resolves with whether
   * it was made, as far as that can be known. Never rejects.
   */
  onUnanswered(sessionId: string, answer: Begun | null): Promise<boolean>
  /** Somebody is to wait for an answer of the session that was begun by another call. */
  onMet(sessionId: string): void
}

/** The use cases of messages: send, stop, regenerate; and clearing, which ends what runs. */
export class Messages {
  readonly #deps: MessageDeps

  constructor(deps: MessageDeps) {
    this.#deps = deps
  }

  async send(caller: Caller, request: SendRequest): Promise<Sent> {
    const { store, sessions, address, admission, contextMessages, maxContentBytes } = this.#deps
    const { sessionId } = request
    checkContent(request.content, maxContentBytes)
    const { message, answer } = this.#draftsOf(request)
    const admitted = await admission.answer(caller, sessionId, answer)
    if (admitted instanceof BatonError) return this.#repeatOf(caller, request, admitted)
    const known = this.#knownOf(sessionId)
    const begin = this.#claiming(sessionId, answer, () =>
      store.begin({
        sessionId,
        userId: caller.user,
        message,
        answer,
        owner: address,
        known: known?.session ?? null,
        contextSize: contextMessages,
      }),
    )
    const begun = await orGiveBack(admitted, begin)
    if (begun.kind === 'started') return this.#sent(begun, message, answer, known)
    await admitted()
    switch (begun.kind) {
      case 'missing':
        throw sessions.missing(caller, sessionId)
      case 'taken':
        throw idTaken()
      case 'busy':
        throw this.#busy(sessionId)
      case 'repeated':
        if (begun.answer.status === 'streaming') this.#deps.onMet(sessionId)
        return sentOf(begun.message, begun.answer, begun)
    }
  }

  #draftsOf({ id, content, metadata = {} }: SendRequest): { readonly message: Draft; readonly answer: Draft } {
    const { clock, newId } = this.#deps
    const begun = { attempt: 1, createdAt: isoNow(clock) }
    return {
      message: { id, role: 'user', content: content.toWellFormed(), status: 'complete', ...begun, metadata },
      answer: { id: newId(), role: 'assistant', content: '', status: 'streaming', ...begun, metadata: {} },
    }
  }

  /** The copy with which the store need not give the context, where this replica has one. */
  #knownOf(sessionId: string): SessionCopy | undefined {
    const copy = this.#deps.cache.get(sessionId)
    return copy !== undefined && hasNewest(copy, this.#deps.contextMessages) ? copy : undefined
  }

  #sent(begun: Started, message: Draft, answer: Draft, known: SessionCopy | undefined): Sent {
    const stored = withSeq(message, begun.seq - 1)
    const empty = withSeq(answer, begun.seq)
    const before =
      known !== undefined && begun.context === null
        ? known
        : copyOf(begun.session, begun.context?.filter(({ id }) => id !== message.id) ?? [])
    this.#remember(begun, withAdded(begun.session, before, [stored, empty]))
    this.#start(begun, empty, [...before.messages, stored], [stored, empty])
    return sentOf(stored, empty, begun)
  }

  /** The refusal while an answer runs (M3), which must not be in vain (F4). */
  #busy(sessionId: string): BatonError {
    this.#deps.onMet(sessionId)
    return busy()
  }

  /** Where nothing new is taken, what was acknowledged before may be asked again all the same (M2, X5). */
  async #repeatOf(caller: Caller, { sessionId, id }: SendRequest, refusal: BatonError): Promise<Sent> {
    const sent = await orOverloaded(this.#deps.store.sent(sessionId, caller.user, id))
    if (sent.kind === 'missing') throw this.#deps.sessions.missing(caller, sessionId)
    if (sent.kind === 'unknown') throw refusal
    return sentOf(sent.message, sent.answer, sent)
  }

  /** An answer slot was claimed for this replica: everybody is told what is new, and the model is asked. */
  #start(started: Started, empty: Message, context: readonly Message[], news: readonly Message[]): void {
    const { feeds, runner, clock, publisher } = this.#deps
    const { session, watchers, epoch, lost } = started
    const others = watchers.filter((watcher) => watcher !== this.#deps.address)
    feeds.refreshed(session.id, session.ttlSeconds)
    if (lost !== null) publisher.interrupted(session, { message: lost, version: epoch - 1 }, others)
    for (const message of news) feeds.message(session.id, { message, version: epoch }, others)
    const answer = new OwnedAnswer({
      sessionId: session.id,
      userId: session.userId,
      message: empty,
      epoch,
      startedAt: clock.now(),
      watchers: others,
    })
    runner.start(answer, context)
  }

  async stop(caller: Caller, ref: MessageRef): Promise<Stopped> {
    const message = await this.#stop(caller, ref)
    // Its last text is shown before the acknowledgement, and none after it (D7); who ended it may have told the store first.
    await this.#deps.feeds.catchUp(ref.sessionId)
    return { message, ...(await orOverloaded(this.#deps.store.ended(ref.sessionId, message.id))) }
  }

  async #stop(caller: Caller, { sessionId, messageId }: MessageRef): Promise<Message> {
    for (let race = 0; race < RACE_LIMIT; race++) {
      const { session, messages, running } = await this.#deps.sessions.find(caller, { sessionId, messageId })
      if (running === null || running.messageId !== messageId) {
        const message = messages?.[0]
        if (message === undefined) throw noSuchMessage(this.#deps.store)
        if (message.role !== 'assistant') throw new BatonError('invalid', 'messageId: only an answer can be stopped')
        if (message.status !== 'streaming') return message
        continue
      }
      const own = this.#deps.runner.of(sessionId)
      const stopped = await (own !== undefined && own.epoch === running.epoch
        ? this.#ended(this.#deps.runner.stop(own))
        : this.#stopElsewhere(caller, session, running))
      if (stopped !== null) return stopped
    }
    throw raced()
  }

  /** Takes the answer from its owner, who may be unable to answer, and ends it here (D7, F1). */
  async #stopElsewhere(
    caller: Caller,
    session: StoredSession,
    { epoch, owner }: RunningAnswer,
  ): Promise<Message | null> {
    const { id: sessionId } = session
    const { store, address, bus, cache, runner, ownedSessions } = this.#deps
    const before = await this.#before(caller, session)
    if (before === null) return null
    const claimed = await this.#claiming(sessionId, null, () => store.claim({ sessionId, epoch, owner: address }))
    if (claimed.kind === 'fenced') return null
    const own = runner.of(sessionId)
    if (own !== undefined && runner.has(sessionId, claimed.running.epoch)) {
      ownedSessions.untrack(sessionId) // who made the same claim tracks it too
      return this.#ended(runner.stop(own))
    }
    bus.send(owner, { kind: 'fenced', sessionId, epoch })
    const { seq } = claimed.message
    const isKnown =
      isSameState({ ...session, version: session.version + 1 }, claimed.session) && seq === session.lastSeq
    // The answer can end without the store only where the copy has it (G1).
    if (isKnown) cache.set(copyOf(claimed.session, [...before, claimed.message]))
    else cache.drop(sessionId)
    const context = before.filter((message) => message.seq < seq)
    return this.#ended(runner.endAsStopped(ownedBy(claimed, address), context))
  }

  /** What cannot be stored now is stored later. Nobody waits for that without a limit (G1). */
  async #ended(ending: Promise<Message | null>): Promise<Message | null> {
    if (!(await within(this.#deps.clock, ENDING_MS, ending))) throw unreachable()
    return ending
  }

  /** A call that may make this replica the owner of an answer: of `answer`, or with null of one that runs. The session is tracked before it, and untracked where it did not. */
  async #claiming<T extends { readonly kind: string }>(
    sessionId: string,
    answer: Begun | null,
    call: () => Promise<T>,
  ): Promise<T> {
    const { ownedSessions, onUnanswered } = this.#deps
    await orOverloaded(ownedSessions.track(sessionId))
    try {
      const outcome = await orOverloaded(ownedSessions.claim(sessionId, call))
      if (outcome.kind !== 'started' && outcome.kind !== 'claimed') ownedSessions.untrack(sessionId, false)
      return outcome
    } catch (error) {
      if (error instanceof BatonError && error.cause instanceof StoreUnavailable)
        throw new Unanswered(error, onUnanswered(sessionId, answer))
      ownedSessions.untrack(sessionId)
      throw error
    }
  }

  async regenerate(caller: Caller, ref: MessageRef): Promise<Regenerated> {
    const begun = { id: ref.messageId, createdAt: isoNow(this.#deps.clock) }
    const admitted = await this.#deps.admission.answer(caller, ref.sessionId, begun)
    if (admitted instanceof BatonError) throw admitted
    return orGiveBack(admitted, this.#regenerate(caller, ref, begun))
  }

  async #regenerate(caller: Caller, { sessionId, messageId }: MessageRef, { createdAt }: Begun): Promise<Regenerated> {
    const { store, sessions, address, runner, ownedSessions } = this.#deps
    for (let race = 0; race < RACE_LIMIT; race++) {
      const { session, messages, running } = await sessions.find(caller, { sessionId, messageId })
      const [message] = messages ?? []
      if (message === undefined) throw noSuchMessage(store)
      const last = lastAnswer(session, message)
      if (running !== null) throw this.#busy(sessionId)
      const before = await this.#before(caller, session)
      if (before === null) continue
      const answer: Message = {
        ...last,
        content: '',
        status: 'streaming',
        attempt: last.attempt + 1,
        createdAt,
        metadata: {},
      }
      const started = await this.#claiming(sessionId, answer, () =>
        store.regenerate({ sessionId, answer, owner: address, known: session }),
      )
      if (started.kind === 'missing') throw sessions.missing(caller, sessionId)
      if (started.kind === 'busy') throw this.#busy(sessionId)
      if (started.kind === 'conflict') continue
      if (runner.has(sessionId, started.epoch)) {
        ownedSessions.untrack(sessionId) // who made the same claim tracks it too
        throw busy()
      }
      this.#remember(started, copyOf(started.session, [...before, answer]))
      this.#start(started, answer, before, [answer])
      return { answer, persisted: started.persisted, backend: started.backend }
    }
    throw raced()
  }

  /** Where the call was carried out before, and only this time got its reply, the session may have gone on: the copy lacks that. */
  #remember({ seq, session }: Started, copy: SessionCopy): void {
    if (seq === session.lastSeq) this.#deps.cache.set(copy)
    else this.#deps.cache.drop(session.id)
  }

  /** As many messages before the session's last one as the model is given; null where it has changed since. */
  async #before(caller: Caller, session: StoredSession): Promise<readonly Message[] | null> {
    const { cache, sessions, contextMessages } = this.#deps
    const { id, lastSeq } = session
    const copy = cache.get(id)
    const isCurrent = copy !== undefined && isSameState(copy.session, session) && hasNewest(copy, contextMessages + 1)
    const newest = isCurrent ? copy : await sessions.read(caller, id, Math.max(0, lastSeq - 1 - contextMessages))
    return isSameState(newest.session, session) ? (newest.messages ?? []).filter(({ seq }) => seq < lastSeq) : null
  }

  async clear(caller: Caller, sessionId: string): Promise<void> {
    const { runner, sessions, store } = this.#deps
    const { session, running } = await sessions.read(caller, sessionId, Number.MAX_SAFE_INTEGER)
    // Else its answer would be stopped, and its provider told so, for nothing.
    if (!store.canClear(sessionId)) throw unreachable()
    const own = runner.of(sessionId)
    if (running !== null) {
      if (own?.epoch === running.epoch) await this.#ended(runner.stop(own))
      else await this.#stopElsewhere(caller, session, running)
    }
    if (!(await this.#clear(sessionId))) throw notFound()
  }

  /** Gives whether it was there. Tracked meanwhile: if this replica dies before it has told, the others look at the session. */
  async #clear(sessionId: string): Promise<boolean> {
    const { store, sockets, feeds, cache, ownedSessions, clock } = this.#deps
    await orOverloaded(ownedSessions.track(sessionId))
    try {
      const watchers = await orOverloaded(store.clear(sessionId))
      cache.drop(sessionId)
      sockets.end(sessionId, 'cleared', 'everywhere')
      feeds.end(sessionId)
      clock.after(TOLD_MS, () => void this.#tellLate(sessionId, watchers ?? []))
      return watchers !== null
    } catch (error) {
      feeds.doubt(sessionId) // it may have been cleared all the same
      ownedSessions.untrack(sessionId)
      throw error
    }
  }

  /** Who was just opening the session when it was cleared was in no room yet, and was told nothing; and any replica may have a copy. */
  async #tellLate(sessionId: string, watchers: readonly string[]): Promise<void> {
    const { sockets, bus, membership, address, ownedSessions } = this.#deps
    sockets.end(sessionId, 'cleared', 'everywhere')
    ownedSessions.untrack(sessionId)
    const replicas = await membership.members().catch(() => watchers)
    for (const replica of replicas) if (replica !== address) bus.send(replica, { kind: 'look', sessionId })
  }
}

/** A claim was sent and not answered: it may have been made all the same, which is found out later. */
class Unanswered extends BatonError {
  readonly isMade: Promise<boolean>

  constructor({ code, message, body, cause }: BatonError, isMade: Promise<boolean>) {
    super(code, message, { ...body, cause })
    this.isMade = isMade
  }
}

/** Gives back what the caller was admitted to where it did not begin; where nobody can tell yet, once it is known. */
async function orGiveBack<T>(admitted: GiveBack, begin: Promise<T>): Promise<T> {
  try {
    return await begin
  } catch (error) {
    if (error instanceof Unanswered) void error.isMade.then((isMade) => (isMade ? undefined : admitted()))
    else await admitted()
    throw error
  }
}

function sentOf(message: Message, answer: Message, { backend, persisted }: Durability): Sent {
  return { message, answer, persisted, backend }
}

function lastAnswer({ lastSeq }: StoredSession, message: Message): Message {
  if (message.seq === lastSeq && message.role === 'assistant') return message
  throw new BatonError('invalid', 'messageId: only the last answer of a session can be regenerated')
}

function withSeq({ id, ...rest }: Draft, seq: number): Message {
  return { id, seq, ...rest }
}
