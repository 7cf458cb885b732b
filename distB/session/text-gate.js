/** The first half of a surrogate pair. */
export const isHighSurrogate = (unit) => unit >= 0xd800 && unit <= 0xdbff;
/**
 * Makes the pieces of a text well-formed one by one (D2): a piece that ends with the first half of a surrogate pair waits
 * for the second, so that no pair is split, and a surrogate that stays alone becomes U+FFFD. Such a piece waits as a whole:
 * what was given out always ends where a piece does, which is all that a bookmark can name.
 */
export class TextGate {
    #half = '';
    /** Nothing is held back. */
    get isEmpty() {
        return this.#half === '';
    }
    /** What of the text so far can be stored now; may be empty. */
    push(piece) {
        const text = this.#half === '' ? piece : this.#half + piece;
        const waits = isHighSurrogate(text.charCodeAt(text.length - 1));
        this.#half = waits ? text : '';
        if (waits)
            return '';
        return text.isWellFormed() ? text : text.toWellFormed();
    }
    /** What is left when nothing more comes: a half that stayed alone becomes U+FFFD. */
    end() {
        const rest = this.#half.toWellFormed();
        this.#half = '';
        return rest;
    }
}
//# sourceMappingURL=text-gate.js.map