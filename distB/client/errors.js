/** The one error of the SDK: a refusal of the gateway (X1), or a failure of the way to it. */
export class ClientError extends Error {
    name = 'ClientError';
    code;
    /** Whether the same call may succeed later. */
    retryable;
    /** Milliseconds after which it can, where the gateway said so. */
    retryAfterMs;
    constructor(code, message, options = {}) {
        super(message);
        this.code = code;
        this.retryable = options.retryable ?? (code === 'disconnected' || code === 'timeout');
        this.retryAfterMs = options.retryAfterMs;
    }
    static from(body) {
        return new ClientError(body.code, body.message, body);
    }
    /** The way to the gateway failed, not the call itself. */
    get isTransport() {
        return this.code === 'disconnected' || this.code === 'timeout';
    }
}
/** Why an answer has the status `error` (M4), for people. */
export function failureOf({ metadata }) {
    const error = metadata.error;
    return typeof error?.message === 'string' ? error.message : 'the answer failed';
}
//# sourceMappingURL=errors.js.map