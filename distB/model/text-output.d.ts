import type { TokenSink } from '../ports/model.ts';
/**
 * Passes an answer's text to the sink, and reasoning at its head as such; where the answer is the continuation of a stored text, without
 * what it repeats of that.
 */
export declare class TextOutput {
    #private;
    /** `stored` is empty for an answer that begins anew. */
    constructor(sink: TokenSink, stored: string);
    /** UTF-16 units of text that came so far. */
    get spoken(): number;
    /** Whether the sink has all text that came so far, and what comes next is text. */
    get isFlushed(): boolean;
    text(piece: string): Promise<void> | undefined;
    /** What the model thinks; `''` where it is only known that it does. */
    reasoning(piece: string): void;
    /** The answer is whole: gives out what was still held back. */
    end(): Promise<void> | undefined;
}
