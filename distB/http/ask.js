import { randomUUID } from 'node:crypto';
import { BatonError, ERROR_CODES } from '../protocol/errors.js';
/** Sends a user's message, with an id made here where the caller gave none. */
export async function send(api, caller, question) {
    const { sessionId, text, field, id = randomUUID(), metadata } = question;
    try {
        return await api.send(caller, { sessionId, id, content: text, metadata });
    }
    catch (thrown) {
        throw renamed(thrown, field);
    }
}
/** The final answer; rejects with its error where it ended as one (F4, F6). */
export async function finalAnswer(api, caller, sent, sessionId, signal) {
    const isFinal = sent.answer.status !== 'streaming';
    const answer = isFinal ? sent.answer : await api.answerOf(caller, sessionId, sent.answer.id, signal);
    if (answer.status === 'error')
        throw errorOf(answer);
    return answer;
}
/** Use cases speak of `content`; a route's caller knows it by another name. */
function renamed(thrown, field) {
    if (!(thrown instanceof BatonError) || !thrown.message.startsWith('content'))
        return thrown;
    const { code, message, retryable } = thrown;
    return new BatonError(code, field + message.slice('content'.length), { retryable, cause: thrown });
}
function errorOf(answer) {
    const told = answer.metadata.error;
    const code = ERROR_CODES.find((known) => known === told?.code) ?? 'llm_failed';
    const message = typeof told?.message === 'string' ? told.message : 'the model gave no answer';
    return new BatonError(code, message, typeof told?.retryable === 'boolean' ? { retryable: told.retryable } : {});
}
//# sourceMappingURL=ask.js.map