import { clientNetwork } from '../access/address.js';
import { BatonError } from '../protocol/errors.js';
import { bearerToken } from './caller.js';
import { isSameOrigin } from './demo-access.js';
/**
 * Lets those into `app` who have a token of `ADMIN_TOKEN`, and no page of another origin. Whoever has sent too many wrong
 * ones is refused before the next is looked at, so that none can be found by trying.
 */
export function admitOperators(app, { operators, limiter, settings, audit }) {
    const networkOf = clientNetwork(settings.TRUST_PROXY);
    app.addHook('onRequest', async (request) => {
        if (!isSameOrigin(request.headers))
            throw new BatonError('forbidden', 'origin: is not that of this page');
        const address = networkOf(request.raw);
        const taken = await limiter.take(address);
        if (typeof taken === 'number')
            throw new BatonError('rate_limited', 'too many wrong tokens', { retryAfterMs: taken });
        const operator = operators.find(bearerToken(request) ?? '');
        if (operator === null) {
            audit.info({ audit: 'refused', address }, 'audit');
            throw new BatonError('unauthorized', 'token: is not one of ADMIN_TOKEN');
        }
        await taken();
        request.operator = { ...operator, address };
    });
}
//# sourceMappingURL=admin-access.js.map