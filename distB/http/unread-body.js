/** So much of an unwanted body is read and dropped; a client that sends more is cut off. */
const MAX_DROPPED_BYTES = 8 * 1024 * 1024;
/**
 * A reply that comes before the request's body was read must reach a client that still writes: closing a connection with
 * unread bytes resets it, and the reply is lost (RFC 9112, 9.6). So the connection stays open and the rest is dropped, for
 * as long as a request may take.
 */
export function dropUnreadBodies(app) {
    app.addHook('onSend', async ({ raw }, reply) => {
        if (raw.complete)
            return;
        reply.header('connection', 'keep-alive');
        let dropped = 0;
        raw.on('data', (chunk) => {
            dropped += chunk.length;
            if (dropped > MAX_DROPPED_BYTES)
                raw.destroy();
        });
    });
}
//# sourceMappingURL=unread-body.js.map