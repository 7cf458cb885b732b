/** The first half of a surrogate pair. */
export declare const isHighSurrogate: (unit: number) => boolean;
/**
 * Makes the pieces of a text well-formed one by one (D2): a piece that ends with the first half of a surrogate pair waits
 * for the second, so that no pair is split, and a surrogate that stays alone becomes U+FFFD. Such a piece waits as a whole:
 * what was given out always ends where a piece does, which is all that a bookmark can name.
 */
export declare class TextGate {
    #private;
    /** Nothing is held back. */
    get isEmpty(): boolean;
    /** What of the text so far can be stored now; may be empty. */
    push(piece: string): string;
    /** What is left when nothing more comes: a half that stayed alone becomes U+FFFD. */
    end(): string;
}
