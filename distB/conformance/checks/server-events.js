import { eventsOf } from '../event-stream.js';
import { LONG, SHORT } from '../gateway.js';
import { failureOf } from '../http.js';
import { events, shaped } from '../shapes.js';
import { ANSWER_MS, isHandedOver, joined } from '../talk.js';
import { ensure, excerpt, Failure, Skip, same } from '../verdict.js';
import { history, newSession, post } from './http.js';
const ACCEPT = { accept: 'text/event-stream' };
/** Answers as server-sent events (H, D2, D4). */
export const serverEvents = [
    {
        rule: 'H',
        says: 'A message posted with Accept: text/event-stream streams its answer: deltas with their ids, last the message.',
        run: async (gateway) => {
            const path = await newSession(gateway);
            const reply = await gateway.stream(`${path}/messages`, { ...post({ message: SHORT }), headers: ACCEPT });
            const { deltas, final } = await whole(gateway, reply);
            same(joined(deltas, '', isHandedOver(final)), final.content, 'the deltas joined');
            const { messages } = await history(gateway, path);
            same(messages[1]?.content, final.content, 'the content in the history');
        },
    },
    {
        rule: 'H',
        says: 'After a cut GET …/stream with Last-Event-ID goes on behind that event, and gives the rest of the answer.',
        run: async (gateway) => {
            const path = await newSession(gateway);
            const cut = await gateway.stream(`${path}/messages`, { ...post({ message: LONG }), headers: ACCEPT });
            const before = await begin(gateway, cut);
            const last = before.at(-1);
            if (last === undefined)
                throw new Failure('the stream ended without a delta');
            cut.destroy();
            const headers = { ...ACCEPT, 'last-event-id': idOf(last) };
            const rest = await gateway.stream(`${path}/stream`, { headers });
            if (rest.statusCode === 204)
                throw new Skip('the answer was over too soon: the check needs a longer one');
            const reading = whole(gateway, rest);
            reading.catch(() => { }); // told below
            await gateway.http(`${path}/messages/${last.messageId}/stop`, { method: 'POST' });
            const { deltas, final } = await reading;
            same(joined(deltas, joined(before), isHandedOver(final)), final.content, 'both parts joined');
        },
    },
    {
        rule: 'H',
        says: 'GET …/stream is 204 where no answer runs.',
        run: async (gateway) => {
            const path = await newSession(gateway);
            same((await gateway.http(`${path}/stream`, { headers: ACCEPT })).status, 204, 'the status');
        },
    },
];
/** What is read of a stream before it is cut. */
const BEFORE_THE_CUT = 2;
/** The first deltas of an answer. Rejects with `Skip` where the answer is over with them. */
async function begin(gateway, reply) {
    const deltas = [];
    for await (const event of read(gateway, reply)) {
        if (event.event !== 'delta')
            throw new Skip('the answer was over too soon: the check needs a longer one');
        deltas.push(deltaOf(event));
        if (deltas.length === BEFORE_THE_CUT)
            break;
    }
    return deltas;
}
/** All of a stream to its end, held to its form. */
async function whole(gateway, reply) {
    same(reply.statusCode, 200, 'the status of the stream');
    const type = String(reply.headers['content-type']);
    ensure(type.startsWith('text/event-stream'), `the content type is ${type}`);
    const deltas = [];
    let final = null;
    for await (const event of read(gateway, reply)) {
        ensure(final === null, `${excerpt(event)} came after the final message`);
        if (event.event === 'delta')
            deltas.push(deltaOf(event));
        else
            final = shaped(events.message, event.data, 'the last event').message;
    }
    if (final === null)
        throw new Failure('the stream ended without the final message');
    ensure(final.status !== 'streaming', 'the last message still streams');
    return { deltas, final };
}
async function* read(gateway, reply) {
    const late = AbortSignal.any([gateway.signal, AbortSignal.timeout(ANSWER_MS)]);
    const abort = () => reply.destroy(new Failure(`the stream did not end within ${ANSWER_MS / 1000} s`));
    late.addEventListener('abort', abort, { once: true });
    try {
        yield* eventsOf(reply);
    }
    catch (thrown) {
        throw thrown instanceof Failure && !gateway.signal.aborted
            ? thrown
            : failureOf(thrown, gateway.signal, 'the stream');
    }
    finally {
        late.removeEventListener('abort', abort);
    }
}
function deltaOf({ data, id }) {
    const delta = shaped(events.delta, data, 'the data of a delta');
    same(id, idOf(delta), 'the id of a delta');
    return delta;
}
function idOf({ messageId, attempt, offset, text }) {
    return `${messageId}:${attempt}:${offset + text.length}`;
}
//# sourceMappingURL=server-events.js.map