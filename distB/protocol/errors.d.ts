/** The error codes of the contract (X1), with the HTTP status and whether repeating the same call may succeed. */
declare const CODES: {
    readonly invalid: {
        readonly status: 400;
        readonly retryable: false;
    };
    readonly unauthorized: {
        readonly status: 401;
        readonly retryable: false;
    };
    readonly forbidden: {
        readonly status: 403;
        readonly retryable: false;
    };
    readonly session_not_found: {
        readonly status: 404;
        readonly retryable: false;
    };
    readonly message_not_found: {
        readonly status: 404;
        readonly retryable: false;
    };
    readonly answer_in_progress: {
        readonly status: 409;
        readonly retryable: true;
    };
    readonly too_large: {
        readonly status: 413;
        readonly retryable: false;
    };
    readonly rate_limited: {
        readonly status: 429;
        readonly retryable: true;
    };
    readonly quota_exceeded: {
        readonly status: 429;
        readonly retryable: true;
    };
    readonly overloaded: {
        readonly status: 503;
        readonly retryable: true;
    };
    readonly llm_failed: {
        readonly status: 502;
        readonly retryable: true;
    };
    readonly interrupted: {
        readonly status: 502;
        readonly retryable: true;
    };
    readonly internal: {
        readonly status: 500;
        readonly retryable: true;
    };
};
export type ErrorCode = keyof typeof CODES;
export declare const ERROR_CODES: [ErrorCode, ...ErrorCode[]];
/** What a client is told of a failure: never a stack trace, never a secret. */
export interface ErrorBody {
    readonly code: ErrorCode;
    readonly message: string;
    readonly retryable: boolean;
    /** Milliseconds after which a repeat can succeed. */
    readonly retryAfterMs?: number;
}
export interface BatonErrorOptions {
    readonly retryAfterMs?: number;
    /** Overrides the code's own default. */
    readonly retryable?: boolean;
    readonly cause?: unknown;
}
/** The one error that use cases throw on purpose; whatever else reaches a transport is told as `internal`. */
export declare class BatonError extends Error {
    readonly name = "BatonError";
    readonly code: ErrorCode;
    readonly retryable: boolean;
    readonly retryAfterMs: number | undefined;
    constructor(code: ErrorCode, message: string, options?: BatonErrorOptions);
    get status(): number;
    get body(): ErrorBody;
}
/** Any thrown value as the error that its caller may see. */
export declare function toBatonError(thrown: unknown): BatonError;
export {};
