/**
 * Asks `url` again and again, and calls `onSilent` once when no answer of any kind came for `timeoutMs`. A refused
 * connection is silence too. Stops, without a call, when `signal` is aborted.
 */
export declare function watchHealth(url: string, timeoutMs: number, onSilent: () => void, signal: AbortSignal): Promise<void>;
/** GETs `url` and gives the status of the answer; rejects where there is none. */
export declare function statusOf(url: string, signal: AbortSignal): Promise<number>;
/** A probe for programs that speak HTTP: every one of `urls` answers 200. */
export declare function httpProbe(...urls: string[]): () => Promise<void>;
