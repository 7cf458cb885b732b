import type { FastifyReply } from 'fastify';
/** One server-sent event; the provider names events in the Responses API only. */
export declare function sseEvent(data: object, name?: string): string;
/** Aborts when the client is gone, or has all it asked for. */
export declare function goneSignal(reply: FastifyReply): AbortSignal;
/**
 * Sends what `events` yields. It is asked for more only as fast as the client reads, so a slow reader costs the few
 * events that fit the stream's buffer; it must return soon after the client's `goneSignal`.
 */
export declare function sendEvents(reply: FastifyReply, events: AsyncIterable<string>): FastifyReply;
