import { byteLength, free, messageListJson, writePieces } from '../network/message-list.js';
/** Answers with `{ …rest, messages }`, whose memory is let go of as soon as it is out, or nobody waits for it any more (X6). */
export function sendMessageList(reply, rest, messages) {
    const pieces = messageListJson(rest, messages);
    const bytes = Buffer.allocUnsafe(byteLength(pieces));
    writePieces(pieces, bytes, 0);
    reply.raw.once('close', () => free(bytes));
    return reply.type('application/json; charset=utf-8').send(bytes);
}
//# sourceMappingURL=message-list.js.map