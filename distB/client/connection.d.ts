import { type ManagerOptions, type SocketOptions } from 'socket.io-client';
import type { ClientEvent, GatewayEvent, GatewayEvents, Opened, OpenRequest, ReplyOf, RequestOf } from '../protocol/events.ts';
import { ClientError } from './errors.ts';
/** A token, or what fetches a fresh one; asked before every attempt to connect. */
export type TokenSource = string | (() => string | Promise<string>);
export interface ConnectionHandlers {
    /** Connected: nothing is open on this connection yet. */
    up(): void;
    /** The connection was lost or left, or an attempt failed, with `error`; the next one follows by itself. */
    down(error: ClientError | null): void;
    /** Why the attempts fail, found out after the first of them. */
    found(error: ClientError): void;
    /** The gateway refuses this client for good: no further attempt is made. */
    refused(error: ClientError): void;
    event<E extends GatewayEvent>(name: E, data: GatewayEvents[E]): void;
}
export interface ConnectionOptions {
    readonly url: string;
    readonly token?: TokenSource | undefined;
    readonly socketOptions?: Partial<ManagerOptions & SocketOptions> | undefined;
    /** Milliseconds for one attempt: a frozen replica accepts TCP and then stays silent. */
    readonly connectTimeoutMs: number;
    /** Milliseconds of silence, of a handshake or of `session:open`, after which another connection is tried beside it. */
    readonly rivalMs: number;
}
/**
 * One WebSocket after the other to the gateway. Socket.IO's own reconnecting is off, so that lost connections, failed
 * attempts, refusals and silence all take one way: `down`, a jittered wait, the next attempt. Where one is silent, others
 * are tried beside it; the first that answers stays.
 */
export declare class Connection {
    #private;
    constructor(options: ConnectionOptions, handlers: ConnectionHandlers);
    get connected(): boolean;
    /** Begins to connect; refused at once where the URL can be no gateway's. */
    open(): void;
    close(): void;
    /** Gives this connection up and makes a new one after `waitMs`, or after the backoff's own wait. */
    drop(error: ClientError | null, waitMs?: number | null): void;
    /** Skips the present wait: the network is back. */
    hurry(): void;
    /** The connection has proved itself: the next loss starts with the shortest wait again. */
    proved(): void;
    /** One event and its acknowledgement. Rejects with `ClientError`; without an answer in time the connection is given up. */
    request<E extends ClientEvent>(name: E, payload: RequestOf<E>, timeoutMs: number): Promise<ReplyOf<E>>;
    /**
     * `session:open`. Where neither its acknowledgement nor anything else comes for a while, another connection is made and
     * asked beside this one; the first that opens the session stays. Rejects as `request` does.
     */
    openSession(payload: OpenRequest, timeoutMs: number): Promise<Opened>;
}
