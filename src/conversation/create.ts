import { noQuotas } from '../ports/quotas.ts'
import { noBudget } from '../ports/token-budget.ts'
import { Admission } from './admission.ts'
import { AnswerPublisher } from './answer/answer-publisher.ts'
import { AnswerRunner } from './answer/answer-runner.ts'
import { AnswerWriter } from './answer/answer-writer.ts'
import type { ConversationApi } from './api.ts'
import type { ConversationDeps, ConversationEngine } from './engine.ts'
import { DeadWatchers } from './failover/dead-watchers.ts'
import { FailureDetector } from './failover/failure-detector.ts'
import { OwnedSessions } from './failover/owned-sessions.ts'
import { RecentTakeovers } from './failover/recent-takeovers.ts'
import { ReplicaRecall } from './failover/replica-recall.ts'
import { Takeover } from './failover/takeover.ts'
import { TtlRefresher } from './failover/ttl-refresher.ts'
import { SessionCache } from './follow/session-cache.ts'
import { SessionFeeds } from './follow/session-feeds.ts'
import { Inbox } from './inbox.ts'
import { Messages } from './messages.ts'
import { Reports } from './reports.ts'
import { Sessions } from './sessions.ts'
import { Shutdown } from './shutdown.ts'

/** Puts the parts of one replica together, as a token passes them: model, runner, writer, publisher, feeds. */
export function createConversations(deps: ConversationDeps): ConversationEngine {
  const { address, bus, membership, clock, log } = deps
  const base = { budget: noBudget, quotas: noQuotas, ...deps, ...measuresOf(deps.settings) }
  const onOwner = (sessionId: string, owner: string) => takeover.meet(sessionId, owner)

  const cache = new SessionCache(base.ttlSeconds, clock)
  const ownedSessions = new OwnedSessions({ membership, bus, address, log, onFirst: () => detector.announce() })
  const feeds = new SessionFeeds({ ...base, onOwner, onGone: (sessionId) => cache.drop(sessionId) })
  const publisher = new AnswerPublisher({ ...base, feeds, cache })
  const writer = new AnswerWriter({
    ...base,
    events: publisher,
    onFenced: (answer, epoch) => void takeover.afterRefusal(answer, epoch),
    onBroken: (answer, error) => runner.fail(answer, error),
  })
  const runner = new AnswerRunner({
    ...base,
    writer,
    events: publisher,
    onReleased({ sessionId, state }, detached) {
      if (!detached) ownedSessions.untrack(sessionId)
      if (state === 'lost') feeds.doubt(sessionId) // it may be the session that was lost (G6)
    },
  })

  const detector = new FailureDetector({
    ...base,
    onDeath: (replica) => void takeover.recover(replica),
    onLapse() {
      ownedSessions.renew().catch(() => {})
      void feeds.rereadAll() // the others recovered dead replicas meanwhile, and this one missed it
    },
  })
  const admission = new Admission({ ...base, runner })
  const parts = { ...base, admission, cache, ownedSessions, feeds, publisher, runner, detector }
  const recentTakeovers = new RecentTakeovers(clock)
  const takeover = new Takeover({ ...parts, recentTakeovers })
  detector.start()
  const ttlRefresher = new TtlRefresher({ ...parts, takeover })

  const sessions = new Sessions({
    ...parts,
    onOwner,
    onExcess: (sessionId) => messages.clear({ user: null, clientAddress: address }, sessionId),
  })
  const messages = new Messages({
    ...parts,
    sessions,
    onUnanswered: (sessionId, answer) => takeover.resolveUnansweredClaim(sessionId, answer),
    onMet: (sessionId) => void takeover.lookAfter(sessionId),
  })

  const reports = new Reports({ ...parts, takeovers: recentTakeovers, operated: deps.operated ?? null })
  const recall = new ReplicaRecall({ ...parts, takeover })
  const inbox = new Inbox({ ...parts, reports, recall, takeover })
  const shutdown = new Shutdown({ ...parts, takeover, ttlRefresher })
  bus.receive((busMessage) => inbox.take(busMessage))
  const deadWatchers = new DeadWatchers(base)
  bus.onUnreached((replica, sessionId) => deadWatchers.unreached(replica, sessionId))
  return {
    api: apiOf(sessions, messages),
    recall,
    reports,
    busInterrupted() {
      void feeds.rereadAll()
      void takeover.lookAfterEnded()
    },
    answersRunning: () => runner.count,
    drain: (withinMs) => shutdown.drain(withinMs),
    close: () => shutdown.close(),
  }
}

/** The settings under the names that the parts know them by. */
function measuresOf(settings: ConversationDeps['settings']) {
  return {
    leaseMs: settings.LEASE_MS,
    ttlSeconds: settings.SESSION_TTL,
    windowMs: settings.DELTA_WINDOW_MS,
    modelName: settings.LLM_MODEL,
    systemPrompt: settings.SYSTEM_PROMPT,
    contextMessages: settings.CONTEXT_MESSAGES,
    contextTokens: settings.CONTEXT_TOKENS,
    retries: settings.LLM_RETRIES,
    reasoning: settings.LLM_REASONING,
    maxAnswerBytes: settings.MAX_ANSWER_BYTES,
    maxContentBytes: settings.MAX_CONTENT_BYTES,
    trustUserIds: settings.TRUST_USER_ID,
    maxSessionsPerUser: settings.MAX_SESSIONS_PER_USER,
  }
}

function apiOf(sessions: Sessions, messages: Messages): ConversationApi {
  return {
    open: (caller, request, subscriber, purpose) => sessions.open(caller, request, subscriber, purpose),
    follow: (caller, sessionId, subscriber) => sessions.follow(caller, sessionId, subscriber),
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
