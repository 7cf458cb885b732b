import type { EndReason } from '../protocol/events.ts';
import type { Backend, Message, SessionInfo } from '../protocol/message.ts';
import type { Doing } from './conversation-state.ts';
import type { ClientError } from './errors.ts';
import type { Outgoing } from './outbox.ts';
/** `idle`: not opened, or closed. `online`: the session is open. `offline`: no network, or refused for good (see `error`). */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'offline';
/** Everything that a view needs: a new object after every change, its messages the same objects where they did not change. */
export interface ClientState {
    readonly connection: ConnectionState;
    readonly session: SessionInfo | null;
    /** By `seq`; the last one may be an answer that streams. */
    readonly messages: readonly Message[];
    /** Messages that were not acknowledged yet, oldest first. */
    readonly outbox: readonly Outgoing[];
    readonly answering: boolean;
    /** What goes on while the running answer's next text does not come; null once it has, and where no answer runs. */
    readonly activity: Doing | null;
    /** The replica that serves this socket. */
    readonly replica: string | null;
    readonly backend: Backend;
    /** Why the last session is over; the next message begins a new one. */
    readonly ended: EndReason | null;
    /** Why there is no connection or no session, from the first try that failed until there is one again. */
    readonly error: ClientError | null;
}
/** What there is to show before a client was made. */
export declare const IDLE: ClientState;
/** Tells listeners once per turn of the event loop's microtasks, however much changed in it, and builds the state only when asked. */
export declare class Observed {
    #private;
    constructor(build: () => ClientState);
    get state(): ClientState;
    subscribe(listener: (state: ClientState) => void): () => void;
    changed(): void;
}
