/**
 * Takes `<think>…</think>` at the head of an answer out of its text, however its pieces are cut (F7). Only the head counts: the tag is
 * text wherever anything but whitespace stands before it. The whitespace before it and two line ends after it go with it.
 */
export declare class ThinkHead {
    #private;
    constructor(reasons: (piece: string) => void);
    /** From then on pieces are text as they are. */
    get isOver(): boolean;
    /** Whether all that came has been passed on, and nothing that came changes what the next piece means. */
    get isSettled(): boolean;
    /** Takes the next piece and gives the text that is known by now, perhaps none. */
    push(piece: string): string;
    /** The answer has ended: gives the text that was held back. */
    end(): string;
}
