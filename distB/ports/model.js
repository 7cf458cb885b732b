/** How a stream ended when it did not end well; F6 tells what may be asked again. */
export class ModelError extends Error {
    name = 'ModelError';
    code = 'llm_failed';
    /** False where the same request would be refused again: 4xx other than 408, 409, 425 and 429, and their like inside a stream. */
    retryable;
    /** What `Retry-After` asked for, in milliseconds. */
    retryAfterMs;
    /** The request was longer than the model can take: a shorter one may be answered (S7). */
    contextTooLong;
    constructor(message, options) {
        super(message, { cause: options.cause });
        this.retryable = options.retryable;
        this.retryAfterMs = options.retryAfterMs;
        this.contextTooLong = options.contextTooLong ?? false;
    }
}
/**
 * The reason to abort with when this replica lets an answer go that another one owns or will own: the provider's work is
 * left as it is where it can be reattached to.
 */
export class Detached extends Error {
    name = 'Detached';
}
/** A token as an estimate takes it, in bytes of UTF-8: text that is not Latin has more of them to the character, and more tokens. */
const BYTES_PER_TOKEN = 4;
/** About how many tokens so many bytes of UTF-8 are, whatever the model's own vocabulary. */
export function estimatedTokens(bytes) {
    return Math.ceil(bytes / BYTES_PER_TOKEN);
}
//# sourceMappingURL=model.js.map