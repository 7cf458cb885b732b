import type { ErrorBody, ErrorCode } from '../protocol/errors.ts';
import type { Message } from '../protocol/message.ts';
/**
 * `disconnected`: the connection was lost before the acknowledgement. `timeout`: none came in time. In both cases the
 * gateway may have done what was asked. `closed`: the client was closed.
 */
export type ClientErrorCode = ErrorCode | 'disconnected' | 'timeout' | 'closed';
/** The one error of the SDK: a refusal of the gateway (X1), or a failure of the way to it. */
export declare class ClientError extends Error {
    readonly name = "ClientError";
    readonly code: ClientErrorCode;
    /** Whether the same call may succeed later. */
    readonly retryable: boolean;
    /** Milliseconds after which it can, where the gateway said so. */
    readonly retryAfterMs: number | undefined;
    constructor(code: ClientErrorCode, message: string, options?: {
        retryable?: boolean;
        retryAfterMs?: number;
    });
    static from(body: ErrorBody): ClientError;
    /** The way to the gateway failed, not the call itself. */
    get isTransport(): boolean;
}
/** Why an answer has the status `error` (M4), for people. */
export declare function failureOf({ metadata }: Pick<Message, 'metadata'>): string;
