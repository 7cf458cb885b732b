/** Brings `<baton-chat>` onto the page: the first paint of a launcher does without it. Rejects where it cannot be had; the next call tries again. */
export declare function loadChat(): Promise<void>;
