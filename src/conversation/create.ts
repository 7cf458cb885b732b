import type { Clock } from '../ports/clock.ts'
import type { Load } from '../ports/load.ts'
import type { Log } from '../ports/log.ts'
import type { Meter } from '../ports/meter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { Recall } from '../ports/recall.ts'
import type { ReplicaLink } from '../ports/replica-link.ts'
import type { Retriever } from '../ports/retriever.ts'
import type { Roster } from '../ports/roster.ts'
import type { SessionSockets } from '../ports/session-sockets.ts'
import type { SessionStore } from '../ports/session-store.ts'
import { noBudget, type TokenBudget } from '../ports/token-budget.ts'
import type { TokenSource } from '../ports/token-source.ts'
import { AnswerPublisher } from './answer-publisher.ts'
import { AnswerWriter } from './answer-writer.ts'
import { Answering } from './answering.ts'
import type { ConversationApi } from './api.ts'
import { SessionCopies } from './copies.ts'
import { Enlistment } from './enlistment.ts'
import { Feeds } from './feeds.ts'
import { Inbox } from './inbox.ts'
import { Keeper } from './keeper.ts'
import { Messages } from './messages.ts'
import { ReplicaRecall } from './replica-recall.ts'
import { Sessions } from './sessions.ts'
import { Shutdown } from './shutdown.ts'
import { Takeover } from './takeover.ts'
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

/** Puts the parts of one replica together, as a token passes them: model, answering, writer, publisher, feeds. */
export function createConversations(deps: ConversationDeps): ConversationEngine {
  const { address, link, roster, clock, log, settings, budget = noBudget } = deps
  const leaseMs = settings.LEASE_MS
  const ttlSeconds = settings.SESSION_TTL
  const onOwner = (sessionId: string, owner: string) => takeover.meet(sessionId, owner)

  const copies = new SessionCopies()
  const enlistment = new Enlistment(roster, address, log, () => watchtower.announce())
  const feeds = new Feeds({ ...deps, onOwner })
  const publisher = new AnswerPublisher({ ...deps, budget, feeds, copies, ttlSeconds })
  const writer = new AnswerWriter({
    ...deps,
    windowMs: settings.DELTA_WINDOW_MS,
    events: publisher,
    onFenced: (answer, epoch) => void takeover.recheck(answer, epoch),
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
    events: publisher,
    onReleased({ sessionId, state }, detached) {
      if (!detached) enlistment.leave(sessionId)
      if (state === 'lost') feeds.doubt(sessionId) // it may be the session that was lost (G6)
    },
  })

  const watchtower = new Watchtower({
    address,
    roster,
    link,
    clock,
    log,
    leaseMs,
    onDeath: (replica) => void takeover.inherit(replica),
    onLapse: () => enlistment.renew().catch(() => {}),
  })
  const parts = { ...deps, copies, enlistment, feeds, publisher, answering, watchtower }
  const takeover = new Takeover({ ...parts, leaseMs })
  watchtower.start()
  const keeper = new Keeper({ ...parts, takeover, ttlSeconds })

  const sessions = new Sessions({
    ...parts,
    trustUserIds: settings.TRUST_USER_ID,
    maxSessionsPerUser: settings.MAX_SESSIONS_PER_USER,
    onOwner,
    onExcess: (sessionId) => messages.clear({ user: null, address }, sessionId),
  })
  const messages = new Messages({
    ...parts,
    budget,
    sessions,
    onUnanswered: (sessionId) => void takeover.settle(sessionId),
    onMet: (sessionId) => void takeover.lookAfter(sessionId),
    contextMessages: settings.CONTEXT_MESSAGES,
    maxContentBytes: settings.MAX_CONTENT_BYTES,
  })

  const inbox = new Inbox({ ...parts, takeover })
  const shutdown = new Shutdown({ ...parts, takeover, keeper })
  link.receive((note) => inbox.take(note))
  return {
    api: apiOf(sessions, messages),
    recall: new ReplicaRecall({ ...parts, takeover }),
    mailMissed: () => void feeds.rereadAll(),
    answersRunning: () => answering.count,
    drain: (withinMs) => shutdown.drain(withinMs),
    close: () => shutdown.close(),
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
