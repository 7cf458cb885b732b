import { noQuotas } from '../ports/quotas.js';
import { noBudget } from '../ports/token-budget.js';
import { Admission } from './admission.js';
import { AnswerPublisher } from './answer/answer-publisher.js';
import { AnswerRunner } from './answer/answer-runner.js';
import { AnswerWriter } from './answer/answer-writer.js';
import { DeadWatchers } from './failover/dead-watchers.js';
import { FailureDetector } from './failover/failure-detector.js';
import { OwnedSessions } from './failover/owned-sessions.js';
import { RecentTakeovers } from './failover/recent-takeovers.js';
import { ReplicaRecall } from './failover/replica-recall.js';
import { Takeover } from './failover/takeover.js';
import { TtlRefresher } from './failover/ttl-refresher.js';
import { SessionCache } from './follow/session-cache.js';
import { SessionFeeds } from './follow/session-feeds.js';
import { Inbox } from './inbox.js';
import { Messages } from './messages.js';
import { Reports } from './reports.js';
import { Sessions } from './sessions.js';
import { Shutdown } from './shutdown.js';
/** Puts the parts of one replica together, as a token passes them: model, runner, writer, publisher, feeds. */
export function createConversations(deps) {
    const { address, bus, membership, clock, meter, log, settings, budget = noBudget, quotas = noQuotas } = deps;
    const leaseMs = settings.LEASE_MS;
    const ttlSeconds = settings.SESSION_TTL;
    const onOwner = (sessionId, owner) => takeover.meet(sessionId, owner);
    const cache = new SessionCache();
    const ownedSessions = new OwnedSessions(membership, address, log, () => detector.announce());
    const feeds = new SessionFeeds({ ...deps, onOwner });
    const publisher = new AnswerPublisher({
        ...deps,
        budget,
        quotas,
        feeds,
        cache,
        ttlSeconds,
        modelName: settings.LLM_MODEL,
    });
    const writer = new AnswerWriter({
        ...deps,
        windowMs: settings.DELTA_WINDOW_MS,
        events: publisher,
        onFenced: (answer, epoch) => void takeover.afterRefusal(answer, epoch),
        onBroken: (answer, error) => runner.fail(answer, error),
    });
    const runner = new AnswerRunner({
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
            if (!detached)
                ownedSessions.leave(sessionId);
            if (state === 'lost')
                feeds.doubt(sessionId); // it may be the session that was lost (G6)
        },
    });
    const detector = new FailureDetector({
        address,
        membership,
        bus,
        clock,
        meter,
        log,
        leaseMs,
        onDeath: (replica) => void takeover.recover(replica),
        onLapse() {
            ownedSessions.renew().catch(() => { });
            void feeds.rereadAll(); // the others recovered dead replicas meanwhile, and this one missed it
        },
    });
    const admission = new Admission({ ...deps, budget, quotas, runner });
    const parts = { ...deps, quotas, admission, cache, ownedSessions, feeds, publisher, runner, detector };
    const recentTakeovers = new RecentTakeovers(clock);
    const takeover = new Takeover({ ...parts, recentTakeovers, leaseMs });
    detector.start();
    const ttlRefresher = new TtlRefresher({ ...parts, takeover, ttlSeconds });
    const sessions = new Sessions({
        ...parts,
        trustUserIds: settings.TRUST_USER_ID,
        maxSessionsPerUser: settings.MAX_SESSIONS_PER_USER,
        onOwner,
        onExcess: (sessionId) => messages.clear({ user: null, clientAddress: address }, sessionId),
    });
    const messages = new Messages({
        ...parts,
        sessions,
        onUnanswered: (sessionId) => takeover.resolveUnansweredClaim(sessionId),
        onMet: (sessionId) => void takeover.lookAfter(sessionId),
        contextMessages: settings.CONTEXT_MESSAGES,
        maxContentBytes: settings.MAX_CONTENT_BYTES,
    });
    const reports = new Reports({ ...parts, takeovers: recentTakeovers, operated: deps.operated ?? null });
    const inbox = new Inbox({ ...parts, reports, takeover });
    const shutdown = new Shutdown({ ...parts, takeover, ttlRefresher });
    bus.receive((busMessage) => inbox.take(busMessage));
    const deadWatchers = new DeadWatchers(deps);
    bus.onUnreached((replica, sessionId) => deadWatchers.unreached(replica, sessionId));
    return {
        api: apiOf(sessions, messages),
        recall: new ReplicaRecall({ ...parts, takeover }),
        reports,
        busInterrupted: () => void feeds.rereadAll(),
        answersRunning: () => runner.count,
        drain: (withinMs) => shutdown.drain(withinMs),
        close: () => shutdown.close(),
    };
}
function apiOf(sessions, messages) {
    return {
        open: (caller, request, subscriber) => sessions.open(caller, request, subscriber),
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
    };
}
//# sourceMappingURL=create.js.map