import type { Socket } from 'socket.io-client';
import type { ErrorBody } from '../protocol/errors.ts';
export type ConnectError = Error & {
    readonly type?: string;
    readonly data?: Partial<ErrorBody>;
};
export interface RaceOptions {
    /** Sockets that are tried at once, at most. */
    readonly most: number;
    /** A socket that is not told to connect yet. */
    make(): Socket;
    /** Milliseconds that a handshake may be silent before another is begun beside it. */
    patienceMs(): number;
    /** The first to connect, after `ms` milliseconds; the others are closed by then. */
    won(socket: Socket, ms: number): void;
    /** The gateway has refused one, or the last of them has failed; the others are closed by then. */
    lost(error: ConnectError): void;
}
/** Handshakes beside each other: a frozen replica accepts TCP and says nothing, and only another try can meet another one. */
export declare class Race {
    #private;
    constructor(options: RaceOptions);
    get isOn(): boolean;
    start(): void;
    /** Closes whatever is under way. */
    end(): void;
}
/** Closes a socket for good; nothing is heard of it any more. */
export declare function discard(socket: Socket): void;
