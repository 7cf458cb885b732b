/**
 * The markdown of a block that is still being written, as it will most likely go on: marks that were opened are closed, and those of
 * which only a part has come are left out. So a reader sees words, and hardly ever a sign that is taken away again.
 */
export declare function healed(block: string): string;
