/** Requests that may wait on one connection for the reply to those before them; a browser sends none. */
const MAX_WAITING = 16;
/**
 * Has the requests of one connection handled one after the other, each once the reply to the one before is out, with
 * everybody else's turn in between (X6). HTTP lets a client send them without waiting for replies (RFC 9112, 9.3.2), one
 * read may give thousands, and Node would have all of them handled at once and keep every reply until it is its turn. Who
 * sends too many ahead is hung up on.
 */
export function oneAtATime(server) {
    const listeners = server.listeners('request');
    server.removeAllListeners('request');
    const lines = new WeakMap();
    const begin = (request, response) => {
        const { socket } = request;
        response.once('close', () => setImmediate(next, socket));
        for (const listener of listeners)
            listener.call(server, request, response);
    };
    const next = (socket) => {
        const first = lines.get(socket)?.shift();
        if (first === undefined || socket.destroyed)
            lines.delete(socket);
        else
            first();
    };
    server.on('request', (request, response) => {
        const { socket } = request;
        if (socket.destroyed)
            return;
        const waiting = lines.get(socket);
        if (waiting === undefined) {
            lines.set(socket, []);
            begin(request, response);
        }
        else if (waiting.push(() => begin(request, response)) > MAX_WAITING) {
            socket.destroy();
        }
    });
}
//# sourceMappingURL=pipeline.js.map