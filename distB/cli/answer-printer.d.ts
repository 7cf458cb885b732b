import type { Message } from '../client/index.ts';
/** Writes an answer to a terminal as it grows. What is written stays: where an answer starts again, it is written again below. */
export declare class AnswerPrinter {
    #private;
    constructor(out: NodeJS.WriteStream);
    /** Writes what this view of the answer adds to the one before. */
    print({ id, attempt, content }: Message): void;
    /** Ends the last line. */
    end(): void;
}
