/** How an answer ended, in the words of chat completions where there is one (F6); null where it was broken off. */
export declare function finishReasonOf(said: string): string | null;
/** A name that a provider gave, at most 256 characters of it. */
export declare function bounded(name: string): string;
