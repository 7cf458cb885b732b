import { Readable } from 'node:stream';
/** One server-sent event; the provider names events in the Responses API only. */
export function sseEvent(data, name) {
    const body = `data: ${JSON.stringify(data)}\n\n`;
    return name === undefined ? body : `event: ${name}\n${body}`;
}
/** Aborts when the client is gone, or has all it asked for. */
export function goneSignal(reply) {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return gone.signal;
}
/**
 * Sends what `events` yields. It is asked for more only as fast as the client reads, so a slow reader costs the few
 * events that fit the stream's buffer; it must return soon after the client's `goneSignal`.
 */
export function sendEvents(reply, events) {
    return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-cache').send(Readable.from(events));
}
//# sourceMappingURL=sse.js.map