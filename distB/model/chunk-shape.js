/** Shapes that are tried per answer: a provider that pads every chunk differently is parsed as ever. */
const MAX_SHAPES = 8;
/**
 * The text of chunks that differ from one before them in nothing but their text, without parsing the rest of them again: of
 * an answer's hundreds of chunks that is nearly every one, and parsing them whole is a tenth of what a token costs
 * (docs/performance.md).
 *
 * It cannot read a chunk otherwise than a parser would: what is between `head` and `tail` has to be one JSON string, and in
 * that place any string is the text, which was checked with a parser when the shape was learned.
 */
export class ChunkShape {
    #shape = null;
    #tries = 0;
    /** The chunk's text, or null where it has to be parsed. */
    textOf(data) {
        const shape = this.#shape;
        if (shape === null)
            return null;
        const [from, to] = [shape.head.length, data.length - shape.tail.length];
        // Whole strings are compared at once, which startsWith and endsWith do not do: half the price.
        if (data.slice(0, from) !== shape.head || data.slice(to) !== shape.tail)
            return null;
        return stringOf(data.slice(from, to));
    }
    /**
     * Learns from a chunk that says nothing but `text`. `parsed` gives the text of such a chunk, null of any other, and is
     * asked of the same chunk with another text in what may be its place. It may throw: the place is a guess, and where the
     * text is `,` or `:` the first thing that looks like it stands between two members of the chunk.
     */
    learn(data, text, parsed) {
        if (this.#tries >= MAX_SHAPES)
            return;
        this.#tries++;
        const literal = JSON.stringify(text);
        const at = data.indexOf(literal);
        if (at < 0)
            return;
        const shape = { head: data.slice(0, at), tail: data.slice(at + literal.length) };
        const other = `${text}~`;
        try {
            if (parsed(shape.head + JSON.stringify(other) + shape.tail) === other)
                this.#shape = shape;
        }
        catch {
            // Not the text's place: the next chunk may teach it.
        }
    }
}
function stringOf(literal) {
    if (!literal.startsWith('"'))
        return null;
    try {
        const value = JSON.parse(literal);
        return typeof value === 'string' ? value : null;
    }
    catch {
        return null;
    }
}
//# sourceMappingURL=chunk-shape.js.map