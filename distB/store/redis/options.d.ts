import type { Redis } from 'ioredis';
/** Bounds every wait on a Redis, or a Sentinel, that is frozen or cut off without a word; milliseconds. */
export declare const TIMEOUT_MS = 2000;
/** Never gives up. Spread out, so that the replicas do not all come back in the same instant. */
export declare const retryDelay: (attempt: number) => number;
/**
 * For every socket to Redis. Chosen on purpose; each differs from ioredis's default because that would hang, grow or
 * apply a write twice.
 */
export declare const SOCKET_OPTIONS: {
    maxRetriesPerRequest: number;
    autoResendUnfulfilledCommands: false;
    commandTimeout: number;
    connectTimeout: number;
    socketTimeout: number;
    enableReadyCheck: false;
    disableClientInfo: true;
    autoResubscribe: false;
};
/**
 * To be called once for every `Redis`. A TLS socket that is ended while its handshake is under way may tell of two errors:
 * that the handshake failed, and what the server says of its end. ioredis listens to the first alone, and the second
 * would end the process.
 */
export declare function outliveSecondError(redis: Redis): void;
