import { originAllowed } from '../access/origin.js';
import { BatonError } from '../protocol/errors.js';
/**
 * Refuses what a page of an origin that is not allowed asks of the routes of `app`, before anything is read or done: CORS
 * alone would only keep the page from reading the answer (X4).
 */
export function refuseForeignOrigins(app, settings) {
    const allowed = originAllowed(settings.ALLOWED_ORIGINS);
    app.addHook('onRequest', async ({ headers }) => {
        if (!allowed(headers.origin))
            throw new BatonError('forbidden', 'origin: is not allowed');
    });
}
//# sourceMappingURL=origin.js.map