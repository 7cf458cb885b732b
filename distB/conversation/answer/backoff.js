/** The longest time that a model's `Retry-After` is waited for, in milliseconds (F6). */
export const MAX_RETRY_AFTER_MS = 30_000;
/** Milliseconds to wait before asking a model again: doubling from half a second, with jitter, at least what it asked for. */
export function backoffMs(tries, retryAfterMs, random) {
    const base = Math.min(500 * 2 ** tries, 8000);
    return Math.max(base * (0.5 + random() / 2), retryAfterMs ?? 0);
}
//# sourceMappingURL=backoff.js.map