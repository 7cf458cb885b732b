import type { Socket } from 'node:net';
import type { Clock } from '../ports/clock.ts';
/** A reply of more bytes is large: a client has to have read it before the next one is made for it. */
export declare const LARGE_BYTES: number;
/** Where bytes go out to one client: a WebSocket, or a reply over HTTP. */
export interface Outlet {
    /** Bytes that wait in this process because the client does not read, or the network does not carry; 0 where it has ended. */
    unsentBytes(): number;
    /** Changes whenever the network takes a byte. */
    progress(): string;
    /** Ends the network connection, whatever waits for it. */
    cutOff(): void;
}
/** Two numbers; one of them changes whenever the network takes a byte. */
export declare function progressOf(network: Socket | null | undefined): string;
export interface BacklogOptions {
    /** Bytes of the longest answer. */
    readonly maxAnswerBytes: number;
    readonly clock: Clock;
    /** Something was cut off for which so many bytes waited. */
    readonly onCut: (bytes: number) => void;
    readonly deadlineMs?: number;
}
/**
 * The outlets for which bytes wait in this process (X6). One that takes nothing for 30 s is cut off. Where all of them
 * together hold too much, those that have taken nothing for longest are cut off first: a client that reads loses nothing
 * by those that do not. Nothing is done while nothing waits.
 */
export declare class Backlog {
    #private;
    constructor(options: BacklogOptions);
    /** So many bytes were written, and may not have gone out at once. */
    note(outlet: Outlet, bytes?: number): void;
}
