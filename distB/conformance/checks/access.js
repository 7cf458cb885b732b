import { randomBytes, randomUUID } from 'node:crypto';
import { socketUrl } from '../../protocol/frames.js';
import { isObject, Refused } from '../connection.js';
import { fetchReply } from '../http.js';
import { error, shaped } from '../shapes.js';
import { ensure, Failure, Skip, same } from '../verdict.js';
import { refused } from './errors.js';
/** Tokens and origins (X3, X4). */
export const access = [
    {
        rule: 'X3',
        says: 'Without a token, or with one that is none, a connection and a request are unauthorized.',
        run: async (gateway) => {
            await needsToken(gateway);
            for (const token of ['', 'nonsense', 'a.b.c']) {
                const refusal = await refusalOf(gateway.connect(token));
                same(shaped(error, refusal.data, 'data of the refused CONNECT').code, 'unauthorized', 'the code on the socket');
                const headers = { authorization: `Bearer ${token}` };
                refused(await gateway.http('/api/chat/sessions', { method: 'POST', headers }), 'unauthorized');
            }
        },
    },
    {
        rule: 'X3',
        says: "A userId other than the token's user is forbidden, on the socket and over HTTP.",
        run: async (gateway) => {
            await needsToken(gateway);
            const userId = `conformance-${randomUUID()}`;
            const connection = await gateway.connect();
            same((await connection.refusal('session:open', { userId })).code, 'forbidden', 'the code on the socket');
            refused(await gateway.http(`/api/chat/sessions?user_id=${userId}`), 'forbidden');
        },
    },
    {
        rule: 'X3',
        says: 'auth:renew takes a token of the same user, and refuses one that is none; the connection stays.',
        run: async (gateway) => {
            const token = await needsToken(gateway);
            const connection = await gateway.connect();
            same((await connection.refusal('auth:renew', { token: 'nonsense' })).code, 'unauthorized', 'the code');
            await connection.ask('auth:renew', { token });
        },
    },
    {
        rule: 'X4',
        says: 'A WebSocket without Origin is let in.',
        run: async (gateway) => {
            same(await upgrade(gateway, {}), 101, 'the status of the upgrade');
        },
    },
    {
        rule: 'X4',
        says: 'An origin that is not allowed is refused at the upgrade itself, and forbidden over HTTP.',
        run: async (gateway) => {
            const { foreignOrigin: origin } = gateway.target;
            if (origin === undefined)
                throw new Skip('no origin was named that the gateway does not allow (--foreign-origin)');
            const status = await upgrade(gateway, { origin });
            ensure(status >= 400 && status < 500, `the status of the upgrade is ${status}`);
            refused(await gateway.http('/api/chat/sessions', { method: 'POST', headers: { origin } }), 'forbidden');
        },
    },
];
/** The token that is used. Rejects with `Skip` where the gateway asks nobody for one. */
async function needsToken(gateway) {
    const { token } = gateway.target;
    if (token === undefined)
        throw new Skip('no token was given: the gateway is taken to run with AUTH=none');
    const { status } = await fetchReply(`${gateway.target.url}/api/chat/sessions/${randomUUID()}`, {
        signal: gateway.signal,
    });
    if (status === 404)
        throw new Skip('the gateway asks for no token (AUTH=none)');
    return token;
}
async function refusalOf(connecting) {
    try {
        await connecting;
    }
    catch (thrown) {
        if (thrown instanceof Refused && isObject(thrown.data))
            return thrown;
        throw thrown;
    }
    throw new Failure('the connection was let in');
}
/** The status of a WebSocket's upgrade. */
async function upgrade(gateway, headers) {
    const reply = await fetchReply(socketUrl(gateway.target.url).replace(/^ws/, 'http'), {
        headers: {
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': randomBytes(16).toString('base64'),
            ...headers,
        },
        signal: gateway.signal,
    });
    return reply.status;
}
//# sourceMappingURL=access.js.map