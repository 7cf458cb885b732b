export interface Rate {
    /** What may come at once. */
    readonly burst: number;
    readonly perSecond: number;
    /** What may come beyond it before the patience ends. */
    readonly debt: number;
}
/** A token bucket that goes into debt: what comes while it is empty is refused, and has to be waited for all the same. */
export declare class Allowance {
    #private;
    /** `now` in milliseconds, never backwards. */
    constructor(rate: Rate, now: () => number);
    /** Null where it was granted, else the milliseconds to wait; infinity where the debt is too great. */
    take(tokens: number): number | null;
}
