/** The longest time that a model's `Retry-After` is waited for, in milliseconds (F6). */
export declare const MAX_RETRY_AFTER_MS = 30000;
/** Milliseconds to wait before asking a model again: doubling from half a second, with jitter, at least what it asked for. */
export declare function backoffMs(tries: number, retryAfterMs: number | undefined, random: () => number): number;
