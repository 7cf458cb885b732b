import type { Address } from './address.ts';
/**
 * Why no WebSocket comes about, asked by plain HTTP, for people: of a WebSocket that fails neither a browser nor Socket.IO says why.
 * Resolves with null where `signal` was aborted.
 */
export declare function causeOf({ base, origin, path }: Address, signal: AbortSignal): Promise<string | null>;
