import { tellJsonBytes } from '../session/weight.js';
const ROLES = new Set(['user', 'assistant', 'system']);
const STATUSES = new Set(['streaming', 'complete', 'stopped', 'error']);
/** Levels of `metadata` that are read back: far below where writing it as JSON again would overflow the stack. */
const MAX_DEPTH = 100;
/** A message as it is stored: JSON whose keys come in the order of the `Message` interface, so that equal messages are equal strings. */
export function encodeMessage(message) {
    const [head, tail] = encodeAroundSeq(message);
    return `${head}${message.seq}${tail}`;
}
/** The same JSON split where its `seq` belongs: the store that assigns the number only joins strings. */
export function encodeAroundSeq(draft) {
    const { id, role, content, status, attempt, createdAt, metadata } = draft;
    const rest = JSON.stringify({ role, content, status, attempt, createdAt, metadata });
    return [`{"id":${JSON.stringify(id)},"seq":`, `,${rest.slice(1)}`];
}
/** The message; null where the JSON is none, or none of a message (X6). What else stands in it is a later version's (G8). */
export function decodeMessage(json) {
    try {
        const message = messageIn(JSON.parse(json));
        if (message !== null)
            tellJsonBytes(message, Buffer.byteLength(json));
        return message;
    }
    catch {
        return null;
    }
}
/** The message that a value parsed from JSON is; null where it is none. */
export function messageIn(value) {
    if (!isObject(value))
        return null;
    const { id, seq, role, content, status, attempt, createdAt, metadata } = value;
    const message = { id, seq, role, content, status, attempt, createdAt, metadata };
    return isMessage(message) ? message : null;
}
function isMessage(value) {
    const { id, seq, role, content, status, attempt, createdAt, metadata } = value;
    return ([id, content, createdAt].every((field) => typeof field === 'string') &&
        [seq, attempt].every((field) => Number.isSafeInteger(field) && Number(field) > 0) &&
        ROLES.has(role) &&
        STATUSES.has(status) &&
        isObject(metadata) &&
        isShallow(metadata, MAX_DEPTH));
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isShallow(value, levels) {
    if (typeof value !== 'object' || value === null)
        return true;
    return levels > 0 && Object.values(value).every((part) => isShallow(part, levels - 1));
}
//# sourceMappingURL=message-json.js.map