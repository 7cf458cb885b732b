import { BatonError } from '../protocol/errors.js';
import { replyWithError } from './errors.js';
/** `OPTIONS` is CORS's. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/**
 * A path that is asked for by a method that it does not have is answered with 405 and `Allow`. To be called before the
 * routes are registered; what it returns, after.
 */
export function refuseOtherMethods(app) {
    const known = new Map();
    app.addHook('onRoute', ({ url, method }) => {
        const methods = known.get(url) ?? new Set();
        for (const one of [method].flat())
            methods.add(one);
        known.set(url, methods);
    });
    return () => {
        for (const [url, methods] of [...known]) {
            const others = METHODS.filter((method) => !methods.has(method));
            if (methods.has('OPTIONS') || others.length === 0)
                continue;
            refuse(app, url, others, [...methods].sort().join(', '));
        }
    };
}
function refuse(app, url, methods, allow) {
    app.route({
        method: methods,
        url,
        schema: { hide: true },
        onRequest: async ({ method }, reply) => {
            reply.header('allow', allow);
            return replyWithError(reply, new BatonError('invalid', `method: ${method} is not allowed here, ${allow} is`), 405);
        },
        handler: async () => { }, // never reached: the request was answered before its body was read
    });
}
//# sourceMappingURL=methods.js.map