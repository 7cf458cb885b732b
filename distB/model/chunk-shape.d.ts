/**
 * The text of chunks that differ from one before them in nothing but their text, without parsing the rest of them again: of
 * an answer's hundreds of chunks that is nearly every one, and parsing them whole is a tenth of what a token costs
 * (docs/performance.md).
 *
 * It cannot read a chunk otherwise than a parser would: what is between `head` and `tail` has to be one JSON string, and in
 * that place any string is the text, which was checked with a parser when the shape was learned.
 */
export declare class ChunkShape {
    #private;
    /** The chunk's text, or null where it has to be parsed. */
    textOf(data: string): string | null;
    /**
     * Learns from a chunk that says nothing but `text`. `parsed` gives the text of such a chunk, null of any other, and is
     * asked of the same chunk with another text in what may be its place. It may throw: the place is a guess, and where the
     * text is `,` or `:` the first thing that looks like it stands between two members of the chunk.
     */
    learn(data: string, text: string, parsed: (data: string) => string | null): void;
}
