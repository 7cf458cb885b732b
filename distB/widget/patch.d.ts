/**
 * Makes the children of `there` those of `wanted`, which is used up. What is the same stays: it is not laid out again, and what a
 * reader has selected in it, or scrolled, is as it was.
 */
export declare function patch(there: Node, wanted: Node): void;
