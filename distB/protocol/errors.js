/** The error codes of the contract (X1), with the HTTP status and whether repeating the same call may succeed. */
const CODES = {
    invalid: { status: 400, retryable: false },
    unauthorized: { status: 401, retryable: false },
    forbidden: { status: 403, retryable: false },
    session_not_found: { status: 404, retryable: false },
    message_not_found: { status: 404, retryable: false },
    answer_in_progress: { status: 409, retryable: true },
    too_large: { status: 413, retryable: false },
    rate_limited: { status: 429, retryable: true },
    quota_exceeded: { status: 429, retryable: true },
    overloaded: { status: 503, retryable: true },
    llm_failed: { status: 502, retryable: true },
    interrupted: { status: 502, retryable: true },
    internal: { status: 500, retryable: true },
};
export const ERROR_CODES = Object.keys(CODES);
/** The one error that use cases throw on purpose; whatever else reaches a transport is told as `internal`. */
export class BatonError extends Error {
    name = 'BatonError';
    code;
    retryable;
    retryAfterMs;
    constructor(code, message, options = {}) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.code = code;
        this.retryable = options.retryable ?? CODES[code].retryable;
        this.retryAfterMs = options.retryAfterMs;
    }
    get status() {
        return CODES[this.code].status;
    }
    get body() {
        const body = { code: this.code, message: this.message, retryable: this.retryable };
        return this.retryAfterMs === undefined ? body : { ...body, retryAfterMs: this.retryAfterMs };
    }
}
/** Any thrown value as the error that its caller may see. */
export function toBatonError(thrown) {
    if (thrown instanceof BatonError)
        return thrown;
    return new BatonError('internal', 'something went wrong inside the gateway', { cause: thrown });
}
//# sourceMappingURL=errors.js.map