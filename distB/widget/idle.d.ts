/** Calls back when there is nothing else to do. Returns the function that ends the wait. */
export declare function whenIdle(work: () => void): () => void;
