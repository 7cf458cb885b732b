import { BatonError, toBatonError } from '../protocol/errors.js';
import { describeIssue, requestSchemas } from '../protocol/schemas.js';
/** What each client event does (contract E). */
const handlers = {
    'session:open': (connection, _api, request) => connection.open(request),
    'message:send': ({ caller }, api, request) => api.send(caller, request),
    'message:stop': ({ caller }, api, request) => api.stop(caller, request),
    'message:regenerate': ({ caller }, api, request) => api.regenerate(caller, request),
    'session:history': async ({ caller }, api, request) => {
        const { messages, hasMore } = await api.history(caller, request);
        return { messages, hasMore };
    },
    'session:extend': async ({ caller }, api, { sessionId }) => ({ ttlSeconds: await api.extend(caller, sessionId) }),
    'session:clear': async ({ caller }, api, { sessionId }) => {
        await api.clear(caller, sessionId);
        return {};
    },
    'auth:renew': ({ credentials }, _api, request) => credentials.renew(request),
};
/** Those that may read and answer much. */
const LARGE = new Set(['session:open', 'session:history']);
export function isLarge(event) {
    return LARGE.has(event);
}
function isClientEvent(event) {
    return Object.hasOwn(handlers, event);
}
/** Checks a client's event, does it, and gives what acknowledges it; never rejects. */
export async function acknowledge(connection, api, event, payload, onError) {
    try {
        if (!isClientEvent(event))
            throw new BatonError('invalid', 'event: there is no such event');
        return { ok: true, ...(await perform(connection, api, event, payload)) };
    }
    catch (thrown) {
        const error = toBatonError(thrown);
        onError(error);
        return { ok: false, error: error.body };
    }
}
async function perform(connection, api, event, payload) {
    const parsed = requestSchemas[event].safeParse(payload);
    if (!parsed.success)
        throw new BatonError('invalid', describeIssue(parsed.error));
    const handler = handlers[event];
    return handler(connection, api, parsed.data);
}
//# sourceMappingURL=requests.js.map