import { at, systemClock } from '../ports/clock.js';
import { BatonError } from '../protocol/errors.js';
/** Aborted, with what the caller is to be told, when the client leaves, its token ends (X3), or the server closes. */
export function waitingFor(reply, closing) {
    const over = new AbortController();
    const { expiresAt } = reply.request;
    const expire = () => over.abort(new BatonError('unauthorized', 'token: has expired'));
    const expiry = expiresAt === null ? null : at(systemClock, expiresAt, expire);
    const leave = () => {
        expiry?.cancel();
        over.abort(new Error('the client has left'));
    };
    // Not the request's own `close`: that one comes as soon as the body has been read.
    if (reply.raw.destroyed)
        leave();
    else
        reply.raw.once('close', leave);
    return AbortSignal.any([over.signal, closing]);
}
/** To be called before a session is made: rejects where the caller's address has opened too much of late (X5). */
export async function admit({ connectLimiter }, { clientAddress }) {
    const taken = await connectLimiter.take(clientAddress);
    if (typeof taken !== 'number')
        return;
    throw new BatonError('rate_limited', 'too many new sessions, wait before the next one', { retryAfterMs: taken });
}
//# sourceMappingURL=context.js.map