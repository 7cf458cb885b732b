import type { IncomingMessage } from 'node:http';
import { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Authenticator } from '../access/authenticate.ts';
import type { Settings } from '../config/settings.ts';
import type { ConversationApi } from '../conversation/api.ts';
import type { Backlog } from '../network/backlog.ts';
import type { Semaphore } from '../network/semaphore.ts';
import type { Build } from '../ports/build.ts';
import type { Meter } from '../ports/meter.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { Backend } from '../protocol/message.ts';
import { type AdminContext } from './admin.ts';
import { type EventStreamLimits } from './event-stream.ts';
export interface HttpServerOptions {
    readonly api: ConversationApi;
    readonly settings: Pick<Settings, 'AUTH' | 'ALLOWED_ORIGINS' | 'TRUST_PROXY' | 'DEMO' | 'DATA_DIR' | 'BASE_PATH' | 'OPS_PORT' | 'ADMIN_TOKEN'>;
    readonly authenticator: Authenticator;
    /** Sessions that are made over HTTP count as connections (X5). */
    readonly connectLimiter: RateLimiter;
    readonly backlog: Backlog;
    /** In which replies are made that may be large. */
    readonly largeReplies: Semaphore;
    readonly log: FastifyBaseLogger;
    readonly meter: Meter;
    readonly registry: Registry;
    readonly readiness: () => {
        readonly ready: boolean;
        readonly reason?: string;
    };
    readonly backend: () => Backend;
    /** The built page; may be absent. */
    readonly publicDir: string;
    readonly replica: string;
    readonly build: Build;
    readonly streamLimits?: EventStreamLimits;
    /** Absent where nobody operates (`ADMIN_TOKEN`). */
    readonly admin?: AdminContext | undefined;
    /** Which requests leave HTTP; all others are answered as plain ones, whatever `Upgrade` they name (X7). None by default. */
    readonly isUpgrade?: (request: IncomingMessage) => boolean;
}
/**
 * The HTTP side of a replica (contract H), listening nowhere yet. `close()` ends event streams and answers waiting
 * callers with `overloaded`, so that they repeat elsewhere.
 */
export declare function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance>;
/** What operators alone ask, on a port of its own that no client is led to (OPS_PORT). */
export declare function createOperatorServer(options: HttpServerOptions): Promise<FastifyInstance>;
