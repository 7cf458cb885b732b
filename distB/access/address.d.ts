import type { IncomingMessage } from 'node:http';
/**
 * Reads a request's client address by `TRUST_PROXY` (R4): the last address in `X-Forwarded-For` that is not a trusted
 * proxy's, or the connection's own where that is not trusted. Works for plain requests and WebSocket upgrades.
 */
export declare function clientAddress(trusted: readonly string[]): (request: IncomingMessage) => string;
/** Like `clientAddress`, but of an IPv6 address the /64, because who has one has all of it (X5). */
export declare function clientNetwork(trusted: readonly string[]): (request: IncomingMessage) => string;
