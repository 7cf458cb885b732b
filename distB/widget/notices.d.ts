import type { Strings } from './locales/strings.ts';
/** Words that are there for a moment: what did not work, and what was just done, for who does not see it. */
export declare class Notices {
    #private;
    problem: string;
    said: string;
    constructor(changed: () => void, strings: () => Strings);
    /** Shows why something did not work. */
    fail(error: unknown): void;
    /** Waits for the work; shows why it did not work. */
    attempt(work: Promise<unknown>): Promise<void>;
    say(words: string): void;
}
