import { type Clock, delay } from '../ports/clock.ts'
import type { Load } from '../ports/load.ts'
import type { Log } from '../ports/log.ts'
import type { Meter } from '../ports/meter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { Recall } from '../ports/recall.ts'
import type { Note, ReplicaLink } from '../ports/replica-link.ts'
import type { Retriever } from '../ports/retriever.ts'
import type { Roster } from '../ports/roster.ts'
import type { SessionSockets } from '../ports/session-sockets.ts'
import type { SessionStore } from '../ports/session-store.ts'
import { noBudget, type TokenBudget } from '../ports/token-budget.ts'
import type { TokenSource } from '../ports/token-source.ts'
import { AnswerWriter } from './answer-writer.ts'
import { Answering } from './answering.ts'
import type { ConversationApi } from './api.ts'
import { withRunningText } from './compose.ts'
import { SessionCopies } from './copies.ts'
import { Enlistment } from './enlistment.ts'
import { Feeds } from './feeds.ts'
import { Keeper } from './keeper.ts'
import { Messages } from './messages.ts'
import type { OwnedAnswer } from './owned-answer.ts'
import { rendezvous } from './rendezvous.ts'
import { withEnd, withHeard } from './session-copy.ts'
import { Sessions } from './sessions.ts'
import { Takeover } from './takeover.ts'
import { tokensOf } from './tokens.ts'
import { Watchtower } from './watchtower.ts'

export interface ConversationDeps {
  /** This replica and incarnation, as others reach it: `r1.4f2a9c`. */
  readonly address: string
  readonly store: SessionStore
  readonly link: ReplicaLink
  readonly roster: Roster
  readonly sockets: SessionSockets
  readonly source: TokenSource
  readonly retriever: Retriever
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly load: Load
  readonly random: () => number
  /** A new UUID v4. */
  readonly newId: () => string
  readonly meter: Meter
  readonly log: Log
  /** None where absent. */
  readonly budget?: TokenBudget
  readonly settings: {
    readonly SYSTEM_PROMPT: string
    readonly LLM_RETRIES: number
    readonly LLM_REASONING: 'hide' | 'show' | 'store'
    readonly DELTA_WINDOW_MS: number
    readonly CONTEXT_MESSAGES: number
    readonly CONTEXT_TOKENS: number
    readonly MAX_ANSWER_BYTES: number
    readonly MAX_CONTENT_BYTES: number
    readonly SESSION_TTL: number
    readonly MAX_SESSIONS_PER_USER: number
    readonly TRUST_USER_ID: boolean
    readonly LEASE_MS: number
  }
}

export interface ConversationEngine {
  readonly api: ConversationApi
  /** For a store that goes on without its shared one (G). */
  readonly recall: Recall
  /** Mail from other replicas may have been lost, and arrives again. */
  mailMissed(): void
  /** Answers that this replica produces at the moment. */
  answersRunning(): number
  /** Lets answers finish for half of `withinMs`, then hands what still runs over to other replicas (F5). */
  drain(withinMs: number): Promise<void>
  close(): Promise<void>
}

/** How long, at the end, answers may take to have their text stored, in milliseconds. */
const DETACH_MS = 2000

/** Wires the use cases of one replica: what an answer's text passes on its way from the model to the followers. */
export function createConversations(deps: ConversationDeps): ConversationEngine {
  const { address, store, link, roster, sockets, clock, load, meter, log, settings, budget = noBudget } = deps
  const copies = new SessionCopies()
  const feeds = new Feeds({ address, store, link, sockets, clock, meter, log, onOwner })
  const enlistment = new Enlistment(roster, address, log, () => watchtower.announce())

  const writer = new AnswerWriter({
    store,
    clock,
    load,
    meter,
    log,
    windowMs: settings.DELTA_WINDOW_MS,
    onStored(answer, offset, text) {
      const { sessionId, message } = answer
      if (offset === 0) meter.firstToken(clock.now() - answer.startedAt)
      meter.deltas(1)
      feeds.delta({ sessionId, messageId: message.id, attempt: message.attempt, offset, text }, audienceOf(answer))
    },
    onFenced: (answer, epoch) => void recheck(answer, epoch),
    onBroken: (answer, error) => answering.fail(answer, error),
  })

  const answering = new Answering({
    ...deps,
    systemPrompt: settings.SYSTEM_PROMPT,
    contextMessages: settings.CONTEXT_MESSAGES,
    contextTokens: settings.CONTEXT_TOKENS,
    retries: settings.LLM_RETRIES,
    reasoning: settings.LLM_REASONING,
    maxAnswerBytes: settings.MAX_ANSWER_BYTES,
    writer,
    onActivity(answer, kind, words) {
      const event = { sessionId: answer.sessionId, messageId: answer.message.id, kind }
      feeds.activity(words === '' ? event : { ...event, text: words }, audienceOf(answer))
    },
    onReleased({ sessionId, state }, detached) {
      if (!detached) enlistment.leave(sessionId)
      if (state === 'lost') feeds.doubt(sessionId) // it may be the session that was lost (G6)
    },
    onRestarted({ sessionId, message, epoch }, watchers) {
      feeds.message(sessionId, { message, version: epoch }, others(watchers))
    },
    onFinished({ sessionId, epoch, usage }, message, finished) {
      if (usage !== null) budget.spend(tokensOf(usage))
      copies.update(sessionId, (copy) => withEnd(copy, message, epoch, finished))
      feeds.refreshed(sessionId, settings.SESSION_TTL)
      feeds.message(sessionId, { message, version: epoch + 1 }, others(finished.watchers))
    },
    onUnstorable: ({ sessionId, watchers }, message) => feeds.message(sessionId, { message }, watchers),
  })

  const watchtower = new Watchtower({
    address,
    roster,
    link,
    clock,
    log,
    leaseMs: settings.LEASE_MS,
    onDeath: (replica) => void takeover.inherit(replica),
    onLapse: () => enlistment.renew().catch(() => {}),
  })
  const takeover = new Takeover({
    address,
    store,
    roster,
    link,
    answering,
    enlistment,
    feeds,
    copies,
    watchtower,
    clock,
    log,
    leaseMs: settings.LEASE_MS,
  })
  watchtower.start()

  function onOwner(sessionId: string, owner: string): void {
    if (answering.of(sessionId) !== undefined) return
    takeover.check(sessionId, owner).catch(() => takeover.lookAfter(sessionId))
  }

  const keeper = new Keeper({
    store,
    clock,
    log,
    ttlSeconds: settings.SESSION_TTL,
    running: () => answering.running,
    onFenced(answer) {
      answer.state = 'checking'
      void recheck(answer, answer.epoch)
    },
    onKept(answer, watchers, gone) {
      feeds.refreshed(answer.sessionId, settings.SESSION_TTL)
      copies.get(answer.sessionId) // stays among the recently used: the answer can go on without the store (G1)
      for (const watcher of watchers) addWatcher(answer, watcher)
      for (const watcher of gone) answer.watchers.delete(watcher)
    },
  })

  /** One that was refused `epoch` may find that nobody has the answer: a failover may have undone its own claim. */
  async function recheck(answer: OwnedAnswer, epoch: number): Promise<void> {
    await answering.check(answer, epoch)
    if (answer.state === 'lost') await takeover.lookAfter(answer.sessionId)
  }

  function onFenced(answer: OwnedAnswer): void {
    log.warn(
      { session: answer.sessionId, message: answer.message.id, epoch: answer.epoch },
      'answer is owned elsewhere by now',
    )
    answering.lose(answer)
  }

  /** The other replicas' clients were not told that what they are shown may not be stored (D1, G1). */
  function audienceOf(answer: OwnedAnswer): Iterable<string> {
    return store.backend === 'memory' ? [] : answer.watchers
  }

  /** A new watcher may have missed what was stored since it read: it is given the text so far once, then the deltas. */
  function addWatcher(answer: OwnedAnswer, watcher: string): void {
    if (watcher === address || answer.watchers.has(watcher) || store.backend === 'memory') return
    answer.watchers.add(watcher)
    link.send(watcher, {
      kind: 'message',
      sessionId: answer.sessionId,
      message: { ...answer.message, content: answer.stored },
      version: answer.epoch,
    })
  }

  function receive(note: Note): void {
    if (note.kind === 'died') return watchtower.declareDead(note.replica)
    if (note.kind === 'owning') return watchtower.guard(note.replica)
    if (note.kind === 'draining') return watchtower.retire(note.replica)
    const own = answering.of(note.sessionId)
    switch (note.kind) {
      case 'delta': {
        const { kind: _, ...delta } = note
        return feeds.delta(delta, [])
      }
      case 'message':
        copies.update(note.sessionId, (copy) => withHeard(copy, note.message))
        return feeds.message(note.sessionId, { message: note.message, version: note.version }, [])
      case 'activity':
        return feeds.activity(note.event, [])
      case 'look':
        return feeds.look(note.sessionId)
      case 'watch':
        return own === undefined ? onOwner(note.sessionId, address) : addWatcher(own, note.watcher)
      case 'handover':
        return void takeover.adopt(note.sessionId, note.owner).catch(() => {}) // its owner's end is noticed anyway
      case 'fenced':
        return own?.epoch === note.epoch ? onFenced(own) : undefined
    }
  }
  link.receive(receive)

  const others = (watchers: Iterable<string>) => [...watchers].filter((watcher) => watcher !== address)

  const sessions = new Sessions({
    ...deps,
    copies,
    feeds,
    trustUserIds: settings.TRUST_USER_ID,
    maxSessionsPerUser: settings.MAX_SESSIONS_PER_USER,
    onOwner,
    onExcess: (sessionId) => messages.clear({ user: null, address }, sessionId),
  })
  const messages = new Messages({
    ...deps,
    budget,
    sessions,
    copies,
    feeds,
    answering,
    enlistment,
    onUnanswered: (sessionId) => void takeover.settle(sessionId),
    onMet: (sessionId) => void takeover.lookAfter(sessionId),
    contextMessages: settings.CONTEXT_MESSAGES,
    maxContentBytes: settings.MAX_CONTENT_BYTES,
  })

  const recall: Recall = {
    copyOf: (sessionId) => copies.get(sessionId),
    runningOf(sessionId) {
      const own = answering.of(sessionId)
      return own === undefined || own.state === 'lost' ? null : own.asRunning(address)
    },
    watchOf: (sessionId) => feeds.watchOf(sessionId),
    isDead: (replica) => watchtower.isDead(replica),
    held: (sessionId, messages) => feeds.rebase(sessionId, messages),
    async returning() {
      await enlistment.renew()
      void feeds.rereadAll()
    },
    async enlisted(sessionId, work) {
      await enlistment.enter(sessionId)
      try {
        return await work()
      } finally {
        enlistment.leave(sessionId)
      }
    },
    settled(sessionId, snapshot, { after, watchers }) {
      const own = answering.of(sessionId)
      const running = snapshot?.running ?? null
      if (own !== undefined && (running?.messageId !== own.message.id || running.owner !== address)) answering.lose(own)
      if (snapshot === null) {
        copies.drop(sessionId)
        feeds.doubt(sessionId)
        return feeds.look(sessionId) // another replica may bring it back
      }
      const { session, messages } = snapshot
      copies.set({ session, messages: messages ?? [] })
      feeds.settle(session, withRunningText(messages ?? [], running), after)
      for (const watcher of others(watchers)) link.send(watcher, { kind: 'look', sessionId })
      if (running === null) return
      if (own !== undefined && running.owner === address) answering.goOn(own, running, others(watchers))
      else clock.soon(() => onOwner(sessionId, running.owner))
    },
  }

  return {
    api: apiOf(sessions, messages),
    recall,
    mailMissed: () => void feeds.rereadAll(),
    answersRunning: () => answering.count,
    async drain(withinMs) {
      takeover.retire()
      for (const other of watchtower.others) link.send(other, { kind: 'draining', replica: address })
      // What can be reattached to is handed over at once: it costs nothing. The rest may finish if it is quick.
      const patienceMs = deps.source.resumes === 'reattach' ? 0 : withinMs / 2
      const patience = new AbortController()
      await Promise.race([answering.idle(), delay(clock, patienceMs, patience.signal)])
      patience.abort()
      if (watchtower.heirs.length === 0) return answering.idle()
      await Promise.all(answering.running.map(handOver))
    },
    async close() {
      const detached = answering.running.map((answer) => answering.detach(answer)) // for whoever comes next
      const entered = enlistment.close()
      await Promise.race([Promise.all([entered, ...detached]), delay(clock, DETACH_MS, new AbortController().signal)])
      watchtower.stop()
      takeover.stop()
      keeper.close()
      feeds.close()
      await roster.leave()
    },
  }

  async function handOver(answer: OwnedAnswer): Promise<void> {
    await answering.detach(answer)
    const { sessionId } = answer
    const heir = rendezvous(sessionId, watchtower.heirs)
    if (heir !== undefined) link.send(heir, { kind: 'handover', sessionId, owner: address })
  }
}

function apiOf(sessions: Sessions, messages: Messages): ConversationApi {
  return {
    open: (caller, request, listener) => sessions.open(caller, request, listener),
    follow: (caller, sessionId, listener) => sessions.follow(caller, sessionId, listener),
    history: (caller, request) => sessions.history(caller, request),
    extend: (caller, sessionId) => sessions.extend(caller, sessionId),
    look: (caller, sessionId, after) => sessions.look(caller, sessionId, after),
    stats: (caller, sessionId) => sessions.stats(caller, sessionId),
    ownerOf: (caller, sessionId) => sessions.ownerOf(caller, sessionId),
    list: (caller, userId, page) => sessions.list(caller, userId, page),
    answerOf: (caller, sessionId, messageId, signal) => sessions.answerOf(caller, sessionId, messageId, signal),
    send: (caller, request) => messages.send(caller, request),
    stop: (caller, ref) => messages.stop(caller, ref),
    regenerate: (caller, ref) => messages.regenerate(caller, ref),
    clear: (caller, sessionId) => messages.clear(caller, sessionId),
  }
}
