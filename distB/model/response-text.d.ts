/**
 * Tells what of a response's text has not come yet. Providers say it in pieces, then whole when a part is done, again when its item is, and
 * again at the end; some leave out the pieces. Parts are told apart by their place in the output.
 */
export declare class ResponseText {
    #private;
    constructor(earlier: string | null);
    /** A piece of the part at that place came. */
    came(place: string, piece: string): void;
    /** What of the whole part `text` did not come in pieces. */
    missingOf(place: string, text: string): string;
    /** The same of a whole output item. */
    missingOfItem(at: unknown, item: unknown): string;
    /** The same of the whole output of a response. */
    missingOfOutput(output: unknown): string;
}
/** Names the place of a part in the output. */
export declare function placeOf(outputIndex: unknown, contentIndex: unknown): string;
/** The text of a content part, a refusal's included. */
export declare function textOf(part: unknown): string;
