import { encodeAroundSeq, encodeMessage } from '../message-json.js';
export function beginArguments(request, ttlSeconds, maxMessages) {
    const { userId, message, answer, owner, knownVersion, contextSize } = request;
    const at = answer.createdAt;
    const head = [ttlSeconds, userId ?? '', message.id, ...encodeAroundSeq(message)];
    const claim = [answer.id, ...encodeAroundSeq(answer), answer.attempt, owner];
    return [...head, ...claim, knownVersion ?? '', contextSize, maxMessages, at, Date.parse(at)];
}
export function watchArguments(watch) {
    return watch === null ? ['', 0] : [watch.watcher, watch.id];
}
export function regenerateArguments({ answer, owner, version }, ttlSeconds) {
    const { id, seq, attempt, createdAt } = answer;
    return [ttlSeconds, id, seq, attempt, encodeMessage(answer), owner, version, createdAt, Date.parse(createdAt)];
}
export function reconcileArguments(request, ttlSeconds, maxMessages) {
    const { session, owner, base, exchanges, running, watch } = request;
    const { userId, createdAt, lastActivity } = session;
    const head = [ttlSeconds, userId ?? '', createdAt, lastActivity, owner, maxMessages, ...watchArguments(watch)];
    const { startedAt = '', contributors = [], text = '', bookmark = null } = running ?? {};
    const slot = [startedAt, contributors.join(','), text, bookmark?.responseId ?? '', bookmark?.sequence ?? ''];
    return [...head, base.seq, base.version, ...slot, ...exchanges.flatMap(exchangeArguments)];
}
function exchangeArguments({ question, answer }) {
    const asked = question === null ? ['', '', ''] : [question.id, ...encodeAroundSeq(question)];
    return [...asked, answer.id, answer.attempt, ...encodeAroundSeq(answer)];
}
export function appendArguments(keys, items) {
    const texts = [items.length];
    const bookmarks = [];
    items.forEach(({ sessionId, epoch, storedBytes, text, bookmark }, i) => {
        texts.push(keys.text(sessionId, epoch), storedBytes + 1, text);
        if (bookmark !== null)
            bookmarks.push(i + 1, keys.answer(sessionId), bookmark.responseId, bookmark.sequence);
    });
    return bookmarks.length === 0 ? texts : texts.concat(bookmarks);
}
export function keepArguments(keys, answers, ttlSeconds) {
    const parts = answers.flatMap(({ sessionId, epoch }) => {
        const [session, ids, answer, watchers] = keys.ofSession(sessionId);
        return [session, ids, answer, watchers, keys.text(sessionId, epoch)];
    });
    return [ttlSeconds, ...parts];
}
//# sourceMappingURL=requests.js.map