import type { Socket } from 'socket.io';
import type { Caller, ConversationApi } from '../conversation/api.ts';
import type { Opened, OpenRequest } from '../protocol/events.ts';
import type { Credentials } from './credentials.ts';
import { type SocketSubscriberDeps } from './socket-subscriber.ts';
/** The Socket.IO room of a session; not 20 characters long, which the sharded adapter takes for a socket's own room. */
export declare const roomOf: (sessionId: string) => string;
/** One client's connection and the sessions that it has open. */
export declare class Connection {
    #private;
    readonly credentials: Credentials;
    constructor(socket: Socket, clientAddress: string, credentials: Credentials, api: ConversationApi, subscriberDeps: SocketSubscriberDeps);
    /** Who is calling, as the connection's last token says. */
    get caller(): Caller;
    /**
     * Does what may read and answer much when nothing of the kind is under way for this socket and it has taken what it was
     * given before (X6). Two opens of a session at once would be two subscribers of it, too, and show everything twice.
     */
    alone(work: () => Promise<void>): Promise<void>;
    /** A reply that is large was written: before the next one is made, the client is to have read it, not the kernel alone. */
    gaveLarge(): void;
    /** Never twice at once: see `alone`. */
    open(request: OpenRequest): Promise<Opened>;
    /** The socket has left the session's room: it was told that the session ended, or it has gone. */
    left(sessionId: string): void;
    /** Whether an answer runs in a session that it has open. */
    get answering(): boolean;
    close(): void;
}
