import { randomUUID } from 'node:crypto';
import { BatonError } from '../../protocol/errors.js';
import { MAX_FRAME_BYTES } from '../../protocol/limits.js';
import { requestSchemas } from '../../protocol/schemas.js';
import { error, shaped } from '../shapes.js';
import { ensure, excerpt, Failure, same } from '../verdict.js';
/** What is wrong with a payload, and the field that the error has to name. */
const WRONG = [
    ['session:open', { sessionId: 5 }, 'sessionId'],
    ['session:open', { sessionId: '../../etc/passwd' }, 'sessionId'],
    ['session:open', { after: -1 }, 'after'],
    ['session:open', { after: '1' }, 'after'],
    ['session:open', { resume: 'oldest' }, 'resume'],
    ['session:open', { userId: '' }, 'userId'],
    ['session:open', { userId: 'a\u0000b' }, 'userId'],
    ['message:send', { sessionId: randomUUID(), id: randomUUID() }, 'content'],
    ['message:send', { sessionId: randomUUID(), id: 'one', content: 'x' }, 'id'],
    ['message:send', { sessionId: randomUUID(), id: randomUUID(), content: ['x'] }, 'content'],
    ['message:send', { sessionId: randomUUID(), id: randomUUID(), content: 'x', metadata: 'x' }, 'metadata'],
    ['message:stop', { sessionId: randomUUID() }, 'messageId'],
    ['message:regenerate', { sessionId: randomUUID(), messageId: {} }, 'messageId'],
    ['session:history', { sessionId: randomUUID(), limit: 0 }, 'limit'],
    ['session:history', { sessionId: randomUUID(), before: 1.5 }, 'before'],
    ['session:extend', {}, 'sessionId'],
    ['session:clear', { sessionId: null }, 'sessionId'],
];
/** Frames that are none of the protocol, or that no client has a use for. */
const BAD_FRAMES = [
    ...[
        '',
        'hello',
        '9',
        '4',
        '42',
        '42[',
        '42{}',
        '42[1]',
        '42["message:send"',
        '420[]',
        '42/admin,0["session:open",{}]',
    ],
    ...['43999[{}]', '40{"token":', '40/admin,', '451-0["message:send",{"_placeholder":true,"num":0}]', '\u0000\uffff'],
];
/** Errors and what hostile input costs (X1, X2, X5). */
export const errors = [
    {
        rule: 'X1',
        says: 'An unknown event is acknowledged with invalid.',
        run: async (gateway) => {
            const connection = await gateway.connect();
            for (const event of ['session:destroy', 'toString', '__proto__', '']) {
                same((await connection.refusal(event, {})).code, 'invalid', `the code for ${excerpt(event)}`);
            }
        },
    },
    {
        rule: 'X1',
        says: 'A payload that is not an object is invalid, for every event.',
        run: async (gateway) => {
            const connection = await gateway.connect();
            for (const event of Object.keys(requestSchemas)) {
                for (const payload of [null, 'x', 7, []]) {
                    same((await connection.refusal(event, payload)).code, 'invalid', `the code of ${event} with ${excerpt(payload)}`);
                }
            }
        },
    },
    {
        rule: 'X1',
        says: 'A wrong field is invalid, not retryable, and the error names it; it holds no stack trace.',
        run: async (gateway) => {
            const connection = await gateway.connect();
            for (const [event, payload, field] of WRONG) {
                const { code, message, retryable } = await connection.refusal(event, payload);
                const what = `${event} with ${excerpt(payload)}`;
                same(code, 'invalid', `the code of ${what}`);
                same(retryable, false, `retryable of ${what}`);
                ensure(message.includes(field), `the message for ${what} does not name ${field}: ${message}`);
                ensure(!/\n\s+at |node_modules|\.[jt]s:\d/.test(message), `the message for ${what} holds a stack trace`);
            }
        },
    },
    {
        rule: 'X1',
        says: 'An unknown session is session_not_found, an unknown message message_not_found.',
        run: async (gateway) => {
            const talk = await gateway.talk();
            const [nobodys, sessionId, messageId] = [randomUUID(), talk.sessionId, randomUUID()];
            const code = async (event, payload) => (await talk.connection.refusal(event, payload)).code;
            const send = { sessionId: nobodys, id: randomUUID(), content: 'x' };
            same(await code('message:send', send), 'session_not_found', 'the code of message:send');
            for (const event of ['session:extend', 'session:clear', 'session:history']) {
                same(await code(event, { sessionId: nobodys }), 'session_not_found', `the code of ${event}`);
            }
            for (const event of ['message:stop', 'message:regenerate']) {
                same(await code(event, { sessionId, messageId }), 'message_not_found', `the code of ${event}`);
            }
        },
    },
    {
        rule: 'X1',
        says: 'Over HTTP the body is { error }, with the status of its code.',
        run: async (gateway) => {
            const { sessionId } = await gateway.talk();
            const session = `/api/chat/sessions/${sessionId}`;
            const post = (body, type = 'application/json') => ({
                method: 'POST',
                body,
                headers: { 'content-type': type },
            });
            refused(await gateway.http(`/api/chat/sessions/${randomUUID()}`), 'session_not_found');
            refused(await gateway.http('/api/chat/sessions/nonsense'), 'invalid');
            refused(await gateway.http(`${session}/history?max_messages=many`), 'invalid');
            refused(await gateway.http(`${session}/messages`, post({})), 'invalid');
            refused(await gateway.http(`${session}/messages`, post({ message: ' ' })), 'invalid');
            refused(await gateway.http(`${session}/messages`, post('{"message":')), 'invalid');
            refused(await gateway.http(`${session}/messages`, post('message=x', 'application/x-www-form-urlencoded')), 'invalid');
            refused(await gateway.http(`${session}/messages/${randomUUID()}/stop`, { method: 'POST' }), 'message_not_found');
        },
    },
    {
        rule: 'X2',
        says: 'Malformed frames cost the sender an error or its connection, and nobody else anything.',
        run: async (gateway) => {
            const bystander = await gateway.talk();
            for (const frame of BAD_FRAMES) {
                const offender = await gateway.connect();
                offender.send(frame);
                await settled(offender, frame);
                offender.close();
            }
            await bystander.flush();
        },
    },
    {
        rule: 'X2',
        says: 'A frame beyond 128 KiB closes the connection of its sender, and nobody else’s.',
        run: async (gateway) => {
            const bystander = await gateway.talk();
            const offender = await gateway.connect();
            offender.send(`42["session:open",{"userId":"${'x'.repeat(MAX_FRAME_BYTES)}"}]`);
            await offender
                .until(() => !offender.isOpen || undefined, 'the end of the connection')
                .catch((thrown) => {
                if (offender.isOpen)
                    throw thrown;
            });
            await bystander.flush();
        },
    },
    {
        rule: 'X5',
        says: 'Content beyond MAX_CONTENT_BYTES is too_large, on the socket and over HTTP.',
        run: async (gateway) => {
            const { connection, sessionId } = await gateway.talk();
            const content = 'x'.repeat(MORE_THAN_ANY_BYTES);
            const { code } = await connection.refusal('message:send', { sessionId, id: randomUUID(), content });
            same(code, 'too_large', 'the code on the socket');
            const body = { message: content };
            refused(await gateway.http(`/api/chat/sessions/${sessionId}/messages`, { method: 'POST', body }), 'too_large');
        },
    },
];
/** No gateway may be set to take so much content, as it would not fit a frame with what goes around it. */
const MORE_THAN_ANY_BYTES = 121 * 1024;
/** Holds a reply to the shape and status of an error. */
export function refused(reply, code, status = new BatonError(code, '').status) {
    const body = reply.json();
    same(shaped(error, body.error, 'the error').code, code, 'the code');
    same(reply.status, status, `the status of ${code}`);
    ensure(String(reply.headers['content-type']).includes('application/json'), 'the error is not told as JSON');
}
/** Waits until a connection is closed, or answers again. */
async function settled(connection, frame) {
    try {
        await connection.emit('session:extend', {});
    }
    catch {
        if (connection.isOpen)
            throw new Failure(`after ${excerpt(frame)} the connection is open and says nothing`);
    }
}
//# sourceMappingURL=errors.js.map