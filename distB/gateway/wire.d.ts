import type { Socket as NetSocket } from 'node:net';
import type { Socket } from 'socket.io';
import { type Outlet } from '../network/backlog.ts';
import type { Clock } from '../ports/clock.ts';
/** One client's Engine.IO connection. */
export type Conn = Socket['conn'];
/** The network connection under an open WebSocket, where everything that was written is on its way, or gathers and may have so many bytes with it; else null. */
export declare function idleNetwork(conn: Conn, bytes: number): NetSocket | null;
/** Bytes that wait in this process because the client does not read, or the network does not carry. */
export declare function unsentBytes(conn: Conn): number;
/** No more events are to be queued for it. */
export declare function isFull(conn: Conn): boolean;
/** What was written before has not gone out: nothing that is large is to be added (X6). */
export declare function isCongested(conn: Conn): boolean;
/** Calls `run` once what a congested connection has to send has gone out, or sooner. Not where it ends. */
export declare function onceDrained(conn: Conn, run: () => void): void;
/**
 * Resolves once the client has read all that was written before, or cannot say so: a WebSocket ping follows it, which the
 * other end has to answer (RFC 6455, 5.5.2), and does without the application. Where the connection ends, or nothing more
 * is read of it, too.
 */
export declare function untilRead(conn: Conn, clock: Clock): Promise<void>;
/**
 * Calls `listener` for what a client sends beside messages: Engine.IO's own packets, and the pings and pongs of WebSocket,
 * which get no answer but that of `answerPing`.
 */
export declare function onControl(conn: Conn, listener: (ping: Buffer | null) => void): void;
export declare function answerPing(conn: Conn, ping: Buffer): void;
/** What goes out on a connection, as the backlog watches it. One for each connection. */
export declare class ConnOutlet implements Outlet {
    #private;
    constructor(conn: Conn);
    unsentBytes(): number;
    progress(): string;
    cutOff(): void;
}
/** Reads no more from it, so that the kernel, and then the sender, wait. Over polling there is nothing to stop. */
export declare function stopReading(conn: Conn): void;
export declare function readOn(conn: Conn): void;
/** Ends the network connection, whatever waits for it. */
export declare function cutOff(conn: Conn): void;
/** Tells the client why, reads nothing more, and lets go of everything that Socket.IO holds of it. `cutOff` is to follow. */
export declare function hangUp(conn: Conn, reason: string): void;
/** What acknowledges an event. */
export interface Callback {
    (reply: object): void;
    /** The number by which the client knows the acknowledgement. */
    readonly ackId?: number;
}
export declare function isCallback(value: unknown): value is Callback;
/** Has every callback of the socket tell the number that it answers, which Socket.IO keeps to itself. */
export declare function tellAckIds(socket: Socket): void;
