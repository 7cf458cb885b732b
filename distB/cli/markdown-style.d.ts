/**
 * Styles markdown for a terminal while it streams. It adds colours and takes nothing away, so that what is on the screen is what
 * the model wrote and can be copied; only control characters, which could write anywhere on the screen, become U+FFFD. A few
 * characters wait until it is known what they are: a line's first ones, and runs of `*`, `_` and backticks.
 */
export declare class MarkdownStyle {
    #private;
    constructor(colours: boolean);
    /** We are in a block of code. */
    get isInCode(): boolean;
    /** The styled form of what can be shown now. */
    push(text: string): string;
    /** The rest, with all styles ended. */
    end(): string;
}
/** Text in which what could move the cursor, or worse, is U+FFFD. */
export declare function harmless(text: string): string;
