import type { Socket } from 'socket.io';
import type { Caller } from '../conversation/api.ts';
import type { Clock } from '../ports/clock.ts';
import type { Meter } from '../ports/meter.ts';
import type { Subscriber } from '../ports/subscriber.ts';
import type { Activity, Delta, MessageEvent, SessionSync } from '../protocol/events.ts';
import type { Message } from '../protocol/message.ts';
export interface SocketSubscriberDeps {
    readonly clock: Clock;
    readonly meter: Meter;
    /** The session's messages with `seq` above `after`, the running answer with its text so far; null where it is gone. */
    read(caller: Caller, sessionId: string, after: number): Promise<readonly Message[] | null>;
    /** Something was written that waits in this process. */
    onUnsent(socket: Socket): void;
    /** A bug showed while the socket was to be told something: it is out of step, and has to be let go. */
    onFault(socket: Socket, error: unknown): void;
}
/**
 * One socket in one session.
 *
 * Modes: *live*, every event is written as it comes; *behind* (D6), the connection is full: nothing is queued, only the
 * position is kept; *catching up*, the connection has drained: the stored text is read and what is missing is written;
 * *ahead*, the stored text already has some of the news that is still to come: that is skipped, and the first that brings
 * something new makes the socket live again.
 */
export declare class SocketSubscriber implements Subscriber {
    #private;
    readonly socket: Socket;
    readonly sessionId: string;
    constructor(socket: Socket, caller: Caller, sessionId: string, deps: SocketSubscriberDeps);
    /** Whether an answer runs in the session, as far as is known here. */
    get answering(): boolean;
    /** The newest message that the client was given when it opened the session; undefined where there was none. */
    opened(newest: Message | undefined): void;
    message(payload: MessageEvent): void;
    delta(payload: Delta): void;
    /** Dropped where the connection is not up to date: it is told again while it lasts (F7). */
    activity(payload: Activity): void;
    sync(payload: SessionSync): void;
    /** The gateway tells every socket of the session by itself, on all replicas. */
    ended(): void;
}
