import type { ClientEvent, EndReason, GatewayEvent, GatewayEvents, Opened, OpenRequest, ReplyOf, RequestOf } from '../protocol/events.ts';
import type { Backend, Message, SessionInfo } from '../protocol/message.ts';
import type { ConnectionState } from './client-state.ts';
import { type ConnectionOptions } from './connection.ts';
import * as talk from './conversation-state.ts';
import { ClientError } from './errors.ts';
import type { ClientStorage } from './storage.ts';
/** Milliseconds. */
export interface Timings {
    /** For one attempt to connect. */
    readonly connectMs: number;
    /** For the acknowledgement of `session:open`; beyond it the connection is given up. */
    readonly openMs: number;
    /** The same where it is only asked again, after a silence, whether the replica still lives. */
    readonly probeMs: number;
    /** Silence of a handshake, or of `session:open`, after which another connection is tried beside it; half as much again by chance. */
    readonly rivalMs: number;
    /** For every other acknowledgement. */
    readonly ackMs: number;
    /** Silence of an expected answer after which the session is opened again, to see whether the replica still lives. */
    readonly silenceMs: number;
    /** How long a call such as `stop` tries, over lost connections. */
    readonly callMs: number;
}
export interface SessionLinkOptions extends Omit<ConnectionOptions, 'connectTimeoutMs' | 'rivalMs'> {
    readonly timings: Timings;
    readonly storage: ClientStorage;
    readonly opening: Pick<OpenRequest, 'userId' | 'resume'>;
}
/** What came from the gateway, as it came: an event, or the snapshot that acknowledged a `session:open`. */
export type Arrival = {
    readonly [E in GatewayEvent]: {
        readonly name: E;
        readonly data: GatewayEvents[E];
    };
}[GatewayEvent] | {
    readonly name: 'opened';
    readonly data: Opened;
};
/**
 * Keeps one session open over any number of connections: opens it on each, merges what comes, opens it again where
 * something is missing or an expected answer is silent.
 */
export declare class SessionLink {
    #private;
    /** Told of everything that arrives, before it is merged. */
    readonly observers: Set<(arrival: Arrival) => void>;
    session: SessionInfo | null;
    replica: string | null;
    backend: Backend;
    ended: EndReason | null;
    error: ClientError | null;
    constructor(options: SessionLinkOptions, changed: () => void);
    get phase(): ConnectionState;
    get isOpen(): boolean;
    get messages(): readonly Message[];
    get answer(): Message | undefined;
    /** What goes on while the running answer's next text does not come (F7). */
    get activity(): talk.Doing | null;
    /** The session is open, and everything that is held of it is known to be in Redis. */
    get isSettled(): boolean;
    /** Begins to connect; where that is tried already, without waiting for the next time. */
    start(): void;
    close(): void;
    /** Another network, or it is back: do not wait out the backoff. */
    hurry(): void;
    /** Is not connected until somebody hurries: what the page shows is kept by the browser, and not seen. */
    rest(): void;
    /** Leaves the session for the stored one, or, where none is stored, for a new one. The old one's events end with its connection. */
    restart(): void;
    sessionEnded(reason: EndReason): void;
    acknowledged(messages: readonly Message[], persisted?: boolean): void;
    /** Resolves once the session is open; rejects where that is given up or not tried, or after `timeoutMs`. */
    whenOpen(timeoutMs?: number): Promise<void>;
    /** One try on the open session. */
    request<E extends ClientEvent>(name: E, payload: (sessionId: string) => RequestOf<E>): Promise<ReplyOf<E>>;
    /**
     * Tries over lost connections, for what may be done twice without harm. `done` gives the reply where the snapshot
     * after a reconnect shows that a call without acknowledgement did its work.
     */
    call<E extends ClientEvent>(name: E, payload: (sessionId: string) => RequestOf<E>, done?: () => ReplyOf<E> | undefined): Promise<ReplyOf<E>>;
    /** Opens the session on the present connection: the stored one, or a new one; or again, to fetch what is missing. */
    openSession(): Promise<void>;
    /** Asks, soon, what Redis holds of the session, where that is not known; unless it is away. */
    settle(): void;
}
