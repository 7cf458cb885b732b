import { randomBytes } from 'node:crypto';
/** What `GET /v1/models` lists. A request may name any model; the answer carries the name that was asked for. */
export const MODEL_NAME = 'baton-demo';
/** `chatcmpl-…`, `resp_…`, `msg_…`: unguessable, as the provider's are. */
export function newId(prefix) {
    return prefix + randomBytes(20).toString('hex');
}
/** Unix time in seconds, as the wire writes `created`. */
export function secondsNow() {
    return Math.floor(Date.now() / 1000);
}
//# sourceMappingURL=identity.js.map