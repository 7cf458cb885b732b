import { LARGE_BYTES } from './backlog.js';
/**
 * JSON of `{ …rest, messages }`, in pieces: the whole as a string, and again for each layer that it goes through, would cost
 * several times what goes over the wire. `rest` has at least one field.
 */
export function messageListJson(rest, messages) {
    const pieces = [`${JSON.stringify(rest).slice(0, -1)},"messages":[`];
    for (const message of messages)
        pieces.push(JSON.stringify(message), ',');
    if (messages.length > 0)
        pieces.pop();
    pieces.push(']}');
    return pieces;
}
export function byteLength(pieces) {
    return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}
/** Writes the pieces into `bytes` from `at` on. */
export function writePieces(pieces, bytes, at) {
    let end = at;
    for (const piece of pieces)
        end += bytes.write(piece, end, 'utf8');
}
/** Whether it is large, and no part of memory that others use as well. */
export function hasOwnMemory({ buffer, length }) {
    return length > Math.max(LARGE_BYTES, Buffer.poolSize) && buffer instanceof ArrayBuffer;
}
/**
 * Frees the memory of a large reply, which the network must have done with. It is no part of the heap, so V8 would see no
 * reason to collect it before some thirty of the largest lie about.
 */
export function free(bytes) {
    if (hasOwnMemory(bytes))
        bytes.buffer.transfer(0);
}
//# sourceMappingURL=message-list.js.map