import type { Operators, OperatorToken } from '../access/operators.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../ports/log.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { App } from './context.ts';
declare module 'fastify' {
    interface FastifyRequest {
        /** Who operates, and from where; set on the routes of operators before their bodies are read. */
        operator: OperatorToken & {
            readonly address: string;
        };
    }
}
export interface AdminAccess {
    readonly operators: Operators;
    /** Of wrong tokens, by address. */
    readonly limiter: RateLimiter;
    readonly settings: Pick<Settings, 'TRUST_PROXY'>;
    /** Written to whatever `LOG_LEVEL` is. */
    readonly audit: Log;
}
/**
 * Lets those into `app` who have a token of `ADMIN_TOKEN`, and no page of another origin. Whoever has sent too many wrong
 * ones is refused before the next is looked at, so that none can be found by trying.
 */
export declare function admitOperators(app: App, { operators, limiter, settings, audit }: AdminAccess): void;
