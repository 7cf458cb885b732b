/** Growing waits with jitter: `low`, doubled each time up to `high`, each between half and the whole of that (milliseconds). */
export declare class Backoff {
    #private;
    /** How many waits were given out since the last reset. */
    count: number;
    constructor(low: number, high: number);
    next(): number;
    reset(): void;
}
