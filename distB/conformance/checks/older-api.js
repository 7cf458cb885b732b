import { randomUUID } from 'node:crypto';
import { legacyAnswerReply, legacyClearReply, legacyCreatedReply, legacyHistoryReply, legacyValidReply, } from '../../protocol/rest.js';
import { SHORT } from '../gateway.js';
import { shaped } from '../shapes.js';
import { ensure, excerpt, same } from '../verdict.js';
import { post } from './http.js';
/** The older routes (H). */
export const olderApi = [
    {
        rule: 'H',
        says: 'The older API makes, validates and removes a session; a dead one is valid: false with 200.',
        run: async (gateway) => {
            const made = await gateway.http('/api/session/create', { method: 'POST' });
            const { sessionId } = shaped(legacyCreatedReply, made.json(), 'the new session');
            gateway.made(sessionId);
            same(await isValid(gateway, sessionId), true, 'valid of a live session');
            const removed = await gateway.http(`/api/session/${sessionId}`, { method: 'DELETE' });
            shaped(legacyClearReply, removed.json(), 'the reply to DELETE');
            same(await isValid(gateway, sessionId), false, 'valid of a removed session');
        },
    },
    {
        rule: 'H',
        says: 'POST /api/send-message answers, in a new session where the named one is missing or dead.',
        run: async (gateway) => {
            for (const headers of [{}, { 'session-id': randomUUID() }]) {
                const reply = await gateway.http('/api/send-message', { ...post({ question: SHORT }), headers });
                const { sessionID, reply: text } = shaped(legacyAnswerReply, reply.json(), 'the answer');
                gateway.made(sessionID);
                const told = await gateway.http(`/api/session/${sessionID}/history`);
                const { messages } = shaped(legacyHistoryReply, told.json(), 'the history');
                same(excerpt(messages.map(({ type }) => type)), excerpt(['user', 'assistant']), 'the types of the messages');
                ensure(messages[1]?.content === text, 'the reply is not the answer in the history');
            }
        },
    },
];
async function isValid(gateway, sessionId) {
    const reply = await gateway.http(`/api/session/${sessionId}/validate`);
    same(reply.status, 200, 'the status of validate');
    return shaped(legacyValidReply, reply.json(), 'the reply to validate').valid;
}
//# sourceMappingURL=older-api.js.map