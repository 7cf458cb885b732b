import type { Server } from 'node:http';
/**
 * Has the requests of one connection handled one after the other, each once the reply to the one before is out, with
 * everybody else's turn in between (X6). HTTP lets a client send them without waiting for replies (RFC 9112, 9.3.2), one
 * read may give thousands, and Node would have all of them handled at once and keep every reply until it is its turn. Who
 * sends too many ahead is hung up on.
 */
export declare function oneAtATime(server: Server): void;
