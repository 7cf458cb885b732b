/** What the scripts reply, as ioredis gives it, and what it means to the port. */
import { StoreFault, } from '../../ports/session-store.js';
import { decodeMessage } from '../message-json.js';
const IN_REDIS = { backend: 'redis', persisted: true };
export function sessionOf(id, fields, ttlSeconds) {
    const [createdAt, userId, lastActivity, seq, firstSeq, version] = fields;
    return {
        id,
        userId: userId === '' ? null : userId,
        createdAt,
        lastActivity,
        lastSeq: Number(seq),
        firstSeq: Number(firstSeq),
        ttlSeconds,
        version: Number(version),
    };
}
/** Of messages, oldest first, those that can be read: one that is spoilt, or claims a place behind its successor's, takes no other with it. */
export function messagesOf(messages) {
    let nextSeq = Number.POSITIVE_INFINITY;
    const newestFirst = messages.toReversed().flatMap((json) => {
        const message = json === null ? null : decodeMessage(json);
        if (message === null || message.seq >= nextSeq)
            return [];
        nextSeq = message.seq;
        return [message];
    });
    return newestFirst.reverse();
}
/** Throws `StoreFault` where it cannot be read. */
export function messageOf(json) {
    const message = json === null ? null : decodeMessage(json);
    if (message === null)
        throw new StoreFault('Redis holds a message that is none');
    return message;
}
export function runningOf(slot) {
    const [messageId, seq, attempt, owner, epoch, startedAt, contributors, takeovers, responseId, sequence, text] = slot;
    return {
        messageId,
        seq: Number(seq),
        attempt: Number(attempt),
        owner,
        epoch: Number(epoch),
        startedAt: Number(startedAt),
        contributors: contributors === '' ? [] : contributors.split(','),
        takeovers: Number(takeovers),
        bookmark: responseId === null ? null : { responseId, sequence: Number(sequence) },
        text: text ?? '',
        ...(text === null ? { isTextLost: true } : {}),
    };
}
/** The message of a claimed answer; where what is stored of it cannot be read, as it was when it began. */
export function claimedOf(json, { messageId, seq, attempt }, createdAt) {
    const message = json === null ? null : decodeMessage(json);
    if (message !== null)
        return message;
    return { id: messageId, seq, role: 'assistant', content: '', status: 'streaming', attempt, createdAt, metadata: {} };
}
export function snapshotOf(session, messages, slot) {
    const running = slot && runningOf(slot);
    if (messages === null)
        return { session, messages, running };
    // A streaming one that is neither in the slot nor the newest, which a takeover would end, is spoilt: it would be waited for in vain.
    const isSound = ({ id, status }, i, { length }) => status !== 'streaming' || id === running?.messageId || i === length - 1;
    return { session, messages: messagesOf(messages).filter(isSound), running };
}
export function startedOf(id, reply, ttlSeconds) {
    const [kind, fields, epoch, seq, watchers, context] = reply;
    return {
        kind,
        session: sessionOf(id, fields, ttlSeconds),
        epoch,
        seq,
        watchers,
        context: context && messagesOf(context),
        ...IN_REDIS,
    };
}
export function repeatedOf([kind, message, answer, slot]) {
    const stored = messageOf(answer);
    return {
        kind,
        message: messageOf(message),
        answer: slot === null ? stored : { ...stored, content: runningOf(slot).text },
        ...IN_REDIS,
    };
}
//# sourceMappingURL=replies.js.map