/** How fast a model talks. */
export interface Pace {
    readonly tokensPerSecond: number;
    /** Uniform in [0, 1). */
    readonly random: () => number;
}
/** Yields `tokens` at the pace, with natural jitter; returns early, without throwing, when `signal` aborts. */
export declare function paced(tokens: Iterable<string>, pace: Pace, signal: AbortSignal): AsyncGenerator<string>;
