import type { Server } from 'node:http';
/**
 * Hangs up on who sends bodies in far more pieces than a network makes of them (X6). A chunk may be of one byte (RFC 9112, 7.1),
 * one read gives ten thousand of them, and each costs as much as a large one.
 */
export declare function boundPieces(server: Server): void;
