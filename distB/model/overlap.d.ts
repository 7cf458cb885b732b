/** UTF-16 units that a repetition must have to be taken for one (F3); fewer are likely to be meant. */
export declare const MIN_OVERLAP = 8;
/** Length of the longest end of `stored` with which `continuation` begins, however short. */
export declare function overlapOf(stored: string, continuation: string): number;
/**
 * Takes the repeated end of a stored text off its continuation, which comes in pieces (F3).
 *
 * Text is held back only for as long as it can still turn out to be a repetition, that is, while what has come occurs in
 * the stored text with more of it to follow. A model that goes on with something new is delayed by a word or two; one that begins
 * the whole answer again is silent until it gets to where it was cut off.
 */
export declare class OverlapTrimmer {
    #private;
    constructor(stored: string);
    /** Whether nothing is held back any more: from then on pieces pass as they are. */
    get decided(): boolean;
    /** Takes the next piece and gives the text that is new by now, perhaps none. */
    push(piece: string): string;
    /** The continuation has ended: gives what was held back and is new. */
    end(): string;
}
