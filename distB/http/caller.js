import { clientNetwork } from '../access/address.js';
/** Establishes `request.caller` for every route of `app`, or refuses the request (X3). */
export function identifyCallers(app, authenticator, settings) {
    const networkOf = clientNetwork(settings.TRUST_PROXY);
    app.addHook('onRequest', async (request) => {
        const { user, group, expiresAt } = await authenticator.authenticate(bearerToken(request));
        request.expiresAt = expiresAt;
        request.caller = { user, group, clientAddress: networkOf(request.raw) };
    });
}
export function bearerToken(request) {
    return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
//# sourceMappingURL=caller.js.map