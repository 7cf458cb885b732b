import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Authenticator } from '../access/authenticate.ts';
import type { Settings } from '../config/settings.ts';
import type { ConversationApi } from '../conversation/api.ts';
import { type Backlog } from '../network/backlog.ts';
import type { Semaphore } from '../network/semaphore.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Meter } from '../ports/meter.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { SessionSockets } from '../ports/session-sockets.ts';
import type { EndReason, GatewayEvent, GatewayEvents } from '../protocol/events.ts';
import { type AdapterClients } from './cluster-adapter.ts';
/** Short enough that a client notices a frozen replica in 15 s, long enough that 10,000 idle sockets cost little. */
export declare const PING_INTERVAL_MS = 10000;
export declare const PING_TIMEOUT_MS = 5000;
export interface GatewayDeps {
    readonly settings: Settings;
    readonly authenticator: Authenticator;
    readonly connectLimiter: RateLimiter;
    readonly backlog: Backlog;
    /** In which replies are made that may be large. */
    readonly largeReplies: Semaphore;
    /** Null where there are no other replicas. */
    readonly adapterClients: AdapterClients | null;
    readonly clock: Clock;
    readonly meter: Meter;
    readonly log: Log;
}
/** The Socket.IO side of the gateway: connect, authenticate, decode, call, acknowledge. */
export declare class Gateway implements SessionSockets {
    #private;
    constructor(deps: GatewayDeps);
    /** Whether the request leaves HTTP: a WebSocket under Socket.IO's path does, and nothing else (X7). */
    isUpgrade({ headers, url }: IncomingMessage): boolean;
    /** Starts to serve on `http`, which asks `isUpgrade`. */
    attach(http: HttpServer, api: ConversationApi): void;
    get connections(): number;
    end(sessionId: string, reason: EndReason, scope: 'everywhere' | 'here'): void;
    /** Tells every socket of this replica. */
    tell<E extends GatewayEvent>(event: E, payload: GatewayEvents[E]): void;
    /** Sends every socket away in jittered batches within `withinMs`, so that the other replicas are not run over (F5). */
    drain(withinMs: number): Promise<void>;
    /** Closes every connection. The HTTP server is its owner's to close. */
    close(): Promise<void>;
}
