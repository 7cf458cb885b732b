import { messageIn } from '../message-json.js';
import { PROTOCOL } from './protocol.js';
const ACTIVITIES = new Set(['thinking', 'searching', 'retrying', 'resuming']);
const isText = (value) => typeof value === 'string';
const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** By kind, how the message is taken from what came; null where it is none. What else came with it is a later version's. */
const READERS = {
    delta: ({ sessionId, messageId, attempt, offset, text }) => isText(sessionId) && isText(messageId) && isCount(attempt) && isCount(offset) && isText(text)
        ? { kind: 'delta', sessionId, messageId, attempt, offset, text }
        : null,
    message: ({ sessionId, message: value, version }) => {
        const message = messageIn(value);
        if (!isText(sessionId) || message === null || !(version === undefined || isCount(version)))
            return null;
        return { kind: 'message', sessionId, message, version };
    },
    activity: ({ sessionId, event: value }) => {
        const event = activityIn(value);
        return isText(sessionId) && event !== null ? { kind: 'activity', sessionId, event } : null;
    },
    look: ({ sessionId }) => (isText(sessionId) || sessionId === null ? { kind: 'look', sessionId } : null),
    watch: ({ sessionId, watcher }) => isText(sessionId) && isText(watcher) ? { kind: 'watch', sessionId, watcher } : null,
    fenced: ({ sessionId, epoch }) => (isText(sessionId) && isCount(epoch) ? { kind: 'fenced', sessionId, epoch } : null),
    handover: ({ sessionId, owner }) => isText(sessionId) && isText(owner) ? { kind: 'handover', sessionId, owner } : null,
    died: ({ replica }) => (isText(replica) ? { kind: 'died', replica } : null),
    owning: ({ replica }) => (isText(replica) ? { kind: 'owning', replica } : null),
    draining: ({ replica }) => (isText(replica) ? { kind: 'draining', replica } : null),
    ask: ({ from, id, order: value }) => {
        const order = value === null ? null : orderIn(value);
        return isText(from) && isText(id) && order !== undefined ? { kind: 'ask', from, id, order } : null;
    },
    report: ({ id, report }) => (isText(id) ? { kind: 'report', id, report: report ?? null } : null),
};
/** A bus message as it is sent: with the number of the protocol that it is of (G8). */
export function encodeBusMessage(message) {
    return `{"v":${PROTOCOL},${JSON.stringify(message).slice(1)}`;
}
/**
 * The messages in one publication, and how much in it is malformed (X6). Those of kinds that this version does not know are
 * passed over, one by one (G8).
 */
export function busMessagesIn(json) {
    const messages = [];
    let malformed = 0;
    for (const item of itemsIn(json) ?? [null]) {
        if (!isObject(item) || !isText(item.kind))
            malformed++;
        else if (isKind(item.kind)) {
            const message = READERS[item.kind](item);
            if (message === null)
                malformed++;
            else
                messages.push(message);
        }
    }
    return { messages, malformed };
}
function itemsIn(json) {
    try {
        const items = JSON.parse(json);
        return Array.isArray(items) ? items : null;
    }
    catch {
        return null;
    }
}
function isKind(kind) {
    return Object.hasOwn(READERS, kind);
}
function activityIn(value) {
    if (!isObject(value))
        return null;
    const { sessionId, messageId, kind, text } = value;
    if (!isText(sessionId) || !isText(messageId) || !isActivityKind(kind))
        return null;
    return { sessionId, messageId, kind, ...(isText(text) && { text }) };
}
/** Undefined where it is none. */
function orderIn(value) {
    if (!isObject(value))
        return undefined;
    const { act, value: to, by, at, proof } = value;
    const isAct = act === 'drain' || act === 'log_level';
    if (!isAct || !isText(to) || !isText(by) || typeof at !== 'number' || !isText(proof))
        return undefined;
    return { act, value: to, by, at, proof };
}
function isActivityKind(kind) {
    return ACTIVITIES.has(kind);
}
function isObject(value) {
    return typeof value === 'object' && value !== null;
}
//# sourceMappingURL=bus-encoding.js.map