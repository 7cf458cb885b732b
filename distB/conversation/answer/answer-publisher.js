import { ANSWER_ENDS } from '../../ports/meter.js';
import { withEnd } from '../follow/session-copy.js';
import { inputOf, outputOf, tokensOf } from './tokens.js';
/** Tells the subscribers of an answer, here and at the other replicas, what becomes of it. */
export class AnswerPublisher {
    #options;
    constructor(options) {
        this.#options = options;
    }
    text(answer, offset, text) {
        const { feeds, meter, clock } = this.#options;
        const { sessionId, message } = answer;
        if (offset === 0) {
            meter.firstToken(clock.now() - answer.startedAt);
            answer.trace.firstText();
        }
        if (answer.silentSince !== null) {
            answer.trace.firstText();
            meter.takeoverSilence(clock.now() - answer.silentSince);
            answer.silentSince = null;
        }
        meter.deltas(1);
        feeds.delta({ sessionId, messageId: message.id, attempt: message.attempt, offset, text }, this.#audienceOf(answer));
    }
    activity(answer, kind, words) {
        const event = { sessionId: answer.sessionId, messageId: answer.message.id, kind };
        this.#options.feeds.activity(words === '' ? event : { ...event, text: words }, this.#audienceOf(answer));
    }
    restarted({ sessionId, message, epoch }, watchers) {
        this.#options.feeds.message(sessionId, { message, version: epoch }, watchers);
    }
    finished(answer, message, finished) {
        const { feeds, cache, ttlSeconds } = this.#options;
        const { sessionId, epoch } = answer;
        this.#count(answer, message);
        cache.update(sessionId, (copy) => withEnd(copy, message, epoch, finished));
        feeds.refreshed(sessionId, ttlSeconds);
        feeds.message(sessionId, { message, version: epoch + 1 }, finished.watchers);
    }
    unstorable(answer, message) {
        const { sessionId, watchers } = answer;
        this.#count(answer, message);
        this.#options.feeds.message(sessionId, { message }, watchers);
    }
    #count({ sessionId, userId, startedAt, usage }, message) {
        const { meter, clock, budget, quotas, modelName: model } = this.#options;
        if (userId !== null)
            quotas.endAnswer(userId, sessionId, message, usage === null ? 0 : tokensOf(usage));
        meter.answers(1, { end: endOf(message) });
        meter.answerSeconds(clock.now() - startedAt);
        if (usage === null)
            return;
        budget.spend(tokensOf(usage));
        meter.modelTokens(inputOf(usage), { model, direction: 'input' });
        meter.modelTokens(outputOf(usage), { model, direction: 'output' });
    }
    /** Its TTL was set again, and these are the session's watchers now; `gone` were known, and watch no more. */
    kept(answer, watchers, gone) {
        const { feeds, cache, ttlSeconds } = this.#options;
        feeds.refreshed(answer.sessionId, ttlSeconds);
        cache.get(answer.sessionId); // stays among the recently used: the answer can go on without the store (G1)
        for (const watcher of watchers)
            this.addWatcher(answer, watcher);
        for (const watcher of gone)
            answer.watchers.delete(watcher);
    }
    /** A new watcher may have missed what was stored since it read: it is given the text so far once, then the deltas. */
    addWatcher(answer, watcher) {
        const { address, store, bus } = this.#options;
        if (watcher === address || answer.watchers.has(watcher) || store.backend === 'memory')
            return;
        answer.watchers.add(watcher);
        bus.send(watcher, {
            kind: 'message',
            sessionId: answer.sessionId,
            message: { ...answer.message, content: answer.stored },
            version: answer.epoch,
        });
    }
    /** The other replicas' clients were not told that what they are shown may not be stored (D1, G1). */
    #audienceOf(answer) {
        return this.#options.store.backend === 'memory' ? [] : answer.watchers;
    }
}
const ENDS = new Set(ANSWER_ENDS);
const isEnd = (end) => ENDS.has(end);
function endOf({ status, metadata }) {
    if (status === 'stopped')
        return 'stopped';
    const said = status === 'error' ? metadata.error?.code : metadata.finish_reason;
    return isEnd(said) ? said : 'other';
}
//# sourceMappingURL=answer-publisher.js.map