/** Empties `queue` from its end with `work`, `count` at a time. Rejects with what it rejects with first. */
export declare function atOnce<T>(count: number, queue: T[], work: (next: T) => Promise<void>): Promise<void>;
