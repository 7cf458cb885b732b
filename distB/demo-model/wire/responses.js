import { z } from 'zod';
import { ResponseRun } from '../generation/response-run.js';
import { ApiError, parseOr400 } from './errors.js';
import { responsesPrompt, responsesRequest } from './prompts.js';
import { ResponseRecord } from './response-record.js';
import { goneSignal, sendEvents, sseEvent } from './sse.js';
const retrieveQuery = z.looseObject({
    stream: z.stringbool().default(false),
    starting_after: z.coerce.number().int().min(0).optional(),
});
export function responsesRoutes(app, services) {
    app.post('/v1/responses', (request, reply) => {
        return create(services, parseOr400(responsesRequest, request.body), reply);
    });
    app.get('/v1/responses/:id', (request, reply) => {
        const record = find(services.store, request.params.id);
        const query = parseOr400(retrieveQuery, request.query);
        if (!query.stream)
            return record.response;
        if (!record.background || !record.streamed) {
            throw new ApiError(400, 'Only a background response that was created with stream=true can be streamed.', {
                param: 'stream',
            });
        }
        return sendRecord(reply, record, (query.starting_after ?? -1) + 1);
    });
    app.post('/v1/responses/:id/cancel', (request) => {
        const record = find(services.store, request.params.id);
        if (!record.background)
            throw new ApiError(400, 'Cannot cancel a synchronous response.');
        record.run.cancel();
        if (record.run.status !== 'cancelled')
            throw new ApiError(400, 'Cannot cancel a completed response.');
        return record.response;
    });
}
async function create(services, asked, reply) {
    const { model, store, now } = services;
    if (asked.background && asked.store === false) {
        throw new ApiError(400, 'Background mode requires store=true.', { param: 'store' });
    }
    const prompt = responsesPrompt(asked);
    if (!store.makeRoom()) {
        const details = { type: 'requests', code: 'rate_limit_exceeded', headers: { 'retry-after': '1' } };
        throw new ApiError(429, 'Too many responses are being generated.', details);
    }
    const run = new ResponseRun(model.plan(prompt, asked.max_output_tokens ?? Infinity), now);
    const record = new ResponseRecord(asked, run);
    if (asked.store !== false)
        store.add(record.id, record);
    if (!record.background)
        reply.raw.once('close', () => run.cancel()); // its work is the reader's: none, no work
    if (record.streamed)
        return sendRecord(reply, record, 0);
    return record.background ? record.response : ended(record, goneSignal(reply));
}
function find(store, id) {
    const record = store.get(id);
    if (record === undefined)
        throw new ApiError(404, `Response with id '${id}' not found.`);
    return record;
}
function sendRecord(reply, record, from) {
    return sendEvents(reply, recordEvents(record, from, goneSignal(reply)));
}
/** From the event numbered `from` on: what has happened, then what happens, at the reader's own speed. */
async function* recordEvents(record, from, gone) {
    for (let sequence = from; !gone.aborted;) {
        const event = record.eventAt(sequence);
        if (event !== undefined) {
            yield sseEvent(event, event.type);
            sequence++;
        }
        else if (record.run.status === 'in_progress')
            await record.run.changed(gone);
        else
            return;
    }
}
async function ended(record, gone) {
    while (record.run.status === 'in_progress' && !gone.aborted)
        await record.run.changed(gone);
    return record.response;
}
//# sourceMappingURL=responses.js.map