/** Counts over all replicas (X5). */
export interface RateLimiter {
    /**
     * Takes one from the allowance of `key`. Gives the milliseconds to wait where none is left, else the way to give it back.
     * Never rejects.
     */
    take(key: string): Promise<number | GiveBack>;
}
/**
 * Gives back what was taken: the call was refused, or turned out to be a repeat (M2). Where the minute that it was taken
 * from is over, it came back with that. Never rejects.
 */
export type GiveBack = () => Promise<void>;
export declare const nothingTaken: GiveBack;
export declare const noLimit: RateLimiter;
