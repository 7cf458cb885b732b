/**
 * JSON of `{ …rest, messages }`, in pieces: the whole as a string, and again for each layer that it goes through, would cost
 * several times what goes over the wire. `rest` has at least one field.
 */
export declare function messageListJson(rest: object, messages: readonly object[]): string[];
export declare function byteLength(pieces: readonly string[]): number;
/** Writes the pieces into `bytes` from `at` on. */
export declare function writePieces(pieces: readonly string[], bytes: Buffer, at: number): void;
/** Whether it is large, and no part of memory that others use as well. */
export declare function hasOwnMemory({ buffer, length }: Buffer): boolean;
/**
 * Frees the memory of a large reply, which the network must have done with. It is no part of the heap, so V8 would see no
 * reason to collect it before some thirty of the largest lie about.
 */
export declare function free(bytes: Buffer): void;
