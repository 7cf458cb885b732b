import type { Clock } from '../ports/clock.ts';
import { type Conn } from './wire.ts';
/** What a connection is ended for in here. */
export type Offence = 'rate_limited' | 'malformed' | 'connected already' | 'internal';
export interface IntakeDeps {
    readonly clock: Clock;
    /** In milliseconds, never backwards. */
    readonly now: () => number;
    /** A bug in here was caught. */
    readonly onCaught: (error: unknown) => void;
    /** Something was written to it in here. */
    readonly onWritten: (conn: Conn) => void;
    /** It was hung up on. */
    readonly onHungUp: (offence: Offence) => void;
}
/**
 * What a client sends, before Socket.IO parses it. Beyond its allowance a client is refused, then hung up on (X6): by the
 * first characters of a packet, which costs far less than parsing. The rest waits, unparsed and in the end unread, while
 * as many requests are under way as may be, or replies wait to be read; and after each few of them it is everybody else's
 * turn, so that a burst costs nobody else the time that it takes. What Baton has no use for never reaches the parser:
 * a second CONNECT, and binary, whose placeholders would be looked for all through the payload.
 */
export declare class Intake {
    #private;
    /** Puts itself before Socket.IO, which listens already. */
    constructor(conn: Conn, deps: IntakeDeps);
    /** A request that was passed on has been answered. */
    done(): void;
}
