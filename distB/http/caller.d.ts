import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticator } from '../access/authenticate.ts';
import type { Settings } from '../config/settings.ts';
import type { Caller } from '../conversation/api.ts';
declare module 'fastify' {
    interface FastifyRequest {
        /** Who is calling; set on the routes of the API before their bodies are read. */
        caller: Caller;
        /** Epoch milliseconds at which the caller's token ends; null where it never does. */
        expiresAt: number | null;
    }
}
/** Establishes `request.caller` for every route of `app`, or refuses the request (X3). */
export declare function identifyCallers(app: FastifyInstance, authenticator: Authenticator, settings: Pick<Settings, 'TRUST_PROXY'>): void;
export declare function bearerToken(request: FastifyRequest): string | undefined;
