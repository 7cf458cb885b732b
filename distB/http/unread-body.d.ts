import type { FastifyInstance } from 'fastify';
/**
 * A reply that comes before the request's body was read must reach a client that still writes: closing a connection with
 * unread bytes resets it, and the reply is lost (RFC 9112, 9.6). So the connection stays open and the rest is dropped, for
 * as long as a request may take.
 */
export declare function dropUnreadBodies(app: FastifyInstance): void;
