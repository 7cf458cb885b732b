/** Appends nodes, the later of very many a moment later. What waited from a call before is dropped. */
export declare function append(parent: Node, nodes: readonly Node[]): void;
/** The same for the rows of the tables in `part`, which is not on the page yet, but soon. */
export declare function inPortions<N extends Node>(part: N): N;
