/** UTF-16 units that a repetition must have to be taken for one (F3); fewer are likely to be meant. */
export const MIN_OVERLAP = 8;
/**
 * Finds a pattern that is still growing in a text that is whole: Knuth, Morris and Pratt's search, whose table of borders grows with the
 * pattern. All that it ever does is linear in the two lengths.
 */
class GrowingSearch {
    #text;
    /** The pattern's UTF-16 units and their number. A string that grows would be copied whenever it is looked into. */
    #pattern = new Uint16Array(64);
    #length = 0;
    /** Of the pattern's first `n + 1` units: how many of its beginning are its end as well. */
    #borders = new Int32Array(64);
    /** The pattern's first `#matched` units are what the text has before `#at`. No earlier place holds the whole pattern. */
    #at = 0;
    #matched = 0;
    constructor(text) {
        this.#text = text;
    }
    /** Where the text goes on after its first occurrence of the pattern grown by `unit`; -1 where there is none. */
    grow(unit) {
        const border = this.#length === 0 ? 0 : this.#borderWith(this.#borders[this.#length - 1] ?? 0, unit);
        this.#append(unit, border);
        while (this.#matched < this.#length && this.#at < this.#text.length)
            this.#step();
        return this.#matched === this.#length ? this.#at : -1;
    }
    /** How much of the pattern's beginning is the text's end. */
    overlap() {
        while (this.#at < this.#text.length)
            this.#step();
        return this.#matched;
    }
    #step() {
        if (this.#matched === this.#length)
            this.#matched = this.#borders[this.#matched - 1] ?? 0;
        this.#matched = this.#borderWith(this.#matched, this.#text.charCodeAt(this.#at++));
    }
    /** The longest beginning of the pattern that ends with `unit`, given one of `length` units that ends before it. */
    #borderWith(length, unit) {
        for (let border = length;; border = this.#borders[border - 1] ?? 0) {
            if (border < this.#length && this.#pattern[border] === unit)
                return border + 1;
            if (border === 0)
                return 0;
        }
    }
    #append(unit, border) {
        if (this.#length === this.#pattern.length) {
            const [pattern, borders] = [this.#pattern, this.#borders];
            this.#pattern = new Uint16Array(this.#length * 2);
            this.#pattern.set(pattern);
            this.#borders = new Int32Array(this.#length * 2);
            this.#borders.set(borders);
        }
        this.#pattern[this.#length] = unit;
        this.#borders[this.#length] = border;
        this.#length++;
    }
}
/** Length of the longest end of `stored` with which `continuation` begins, however short. */
export function overlapOf(stored, continuation) {
    const search = new GrowingSearch(stored);
    for (let at = 0; at < continuation.length; at++)
        if (search.grow(continuation.charCodeAt(at)) === -1)
            break;
    return search.overlap();
}
/**
 * Takes the repeated end of a stored text off its continuation, which comes in pieces (F3).
 *
 * Text is held back only for as long as it can still turn out to be a repetition, that is, while what has come occurs in
 * the stored text with more of it to follow. A model that goes on with something new is delayed by a word or two; one that begins
 * the whole answer again is silent until it gets to where it was cut off.
 */
export class OverlapTrimmer {
    #stored;
    #search;
    #held = '';
    #decided = false;
    constructor(stored) {
        this.#stored = stored;
        this.#search = new GrowingSearch(stored);
    }
    /** Whether nothing is held back any more: from then on pieces pass as they are. */
    get decided() {
        return this.#decided;
    }
    /** Takes the next piece and gives the text that is new by now, perhaps none. */
    push(piece) {
        if (this.#decided)
            return piece;
        const held = this.#held.length;
        this.#held += piece;
        for (let at = 0; at < piece.length; at++) {
            const end = this.#search.grow(piece.charCodeAt(at));
            const place = end - (held + at + 1);
            const mayGrow = end !== -1 && end < this.#stored.length && place + MIN_OVERLAP <= this.#stored.length;
            if (!mayGrow)
                return this.end();
        }
        return '';
    }
    /** The continuation has ended: gives what was held back and is new. */
    end() {
        if (this.#decided)
            return '';
        this.#decided = true;
        const overlap = this.#search.overlap();
        const fresh = this.#held.slice(overlap < MIN_OVERLAP ? 0 : overlap);
        this.#held = '';
        return fresh;
    }
}
//# sourceMappingURL=overlap.js.map