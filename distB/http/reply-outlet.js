import { progressOf } from '../network/backlog.js';
/** The response counts as waiting while bytes of it do; with `whole`, until all of it is out, which it has been given already. */
export function outletOf(response, whole) {
    return {
        unsentBytes: () => {
            if (response.destroyed || response.writableFinished)
                return 0;
            return whole ? Math.max(1, response.writableLength) : response.writableLength;
        },
        progress: () => progressOf(response.socket),
        cutOff: () => response.destroy(),
    };
}
/** Has every reply watched until its client has taken it (X6), but for event streams, which do so themselves. */
export function watchReplies(app, backlog) {
    app.addHook('onSend', async (_request, { raw }, payload) => {
        const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0;
        backlog.note(outletOf(raw, true), bytes);
    });
}
//# sourceMappingURL=reply-outlet.js.map