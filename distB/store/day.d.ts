/** The UTC day of a time in epoch milliseconds: `2026-03-01`. */
export declare function dayOf(now: number): string;
/** Milliseconds until the next UTC day begins. */
export declare function untilTomorrow(now: number): number;
