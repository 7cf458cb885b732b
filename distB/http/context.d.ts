import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Caller, ConversationApi } from '../conversation/api.ts';
import type { Backlog } from '../network/backlog.ts';
import type { Semaphore } from '../network/semaphore.ts';
import type { Meter } from '../ports/meter.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { EventStreamLimits } from './event-stream.ts';
/** A fastify whose routes are typed by their zod schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
/** What the routes work with. */
export interface RouteContext {
    readonly api: ConversationApi;
    readonly meter: Meter;
    readonly connectLimiter: RateLimiter;
    readonly backlog: Backlog;
    readonly largeReplies: Semaphore;
    readonly streamLimits: EventStreamLimits;
    /** Aborted, with what waiting callers are to be told, when the server closes. */
    readonly closing: AbortSignal;
}
/** Aborted, with what the caller is to be told, when the client leaves, its token ends (X3), or the server closes. */
export declare function waitingFor(reply: FastifyReply, closing: AbortSignal): AbortSignal;
/** To be called before a session is made: rejects where the caller's address has opened too much of late (X5). */
export declare function admit({ connectLimiter }: RouteContext, { clientAddress }: Caller): Promise<void>;
