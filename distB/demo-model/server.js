import fastify, {} from 'fastify';
import { createModel } from './generation/model.js';
import { ResponseStore } from './generation/response-store.js';
import { chatRoutes } from './wire/chat.js';
import { ApiError, toApiError } from './wire/errors.js';
import { MODEL_NAME, secondsNow } from './wire/identity.js';
import { responsesRoutes } from './wire/responses.js';
/** Bytes of one request: a whole conversation with its documents fits many times over. */
const BODY_LIMIT = 16 * 1024 * 1024;
/**
 * A model provider with the OpenAI wire: chat completions and responses. It keeps no conversation: an answer is a
 * function of the messages in the request. Background responses can be read again for about 10 minutes.
 */
export function createDemoModel(options) {
    const model = createModel(options.tokensPerSecond, options.random ?? Math.random);
    const now = options.now ?? Date.now;
    const store = new ResponseStore({ limit: options.maxResponses ?? 1000, now });
    const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true });
    app.setErrorHandler((error, _request, reply) => {
        const apiError = toApiError(error);
        return reply.code(apiError.status).headers(apiError.headers).send(apiError.body);
    });
    app.setNotFoundHandler((request) => {
        throw new ApiError(404, `Invalid URL (${request.method} ${request.url})`);
    });
    app.addHook('preClose', async () => store.cancelAll());
    healthRoute(app, model);
    app.get('/v1/models', () => ({ object: 'list', data: [modelObject()] }));
    chatRoutes(app, model);
    responsesRoutes(app, { model, store, now });
    return app;
}
function healthRoute(app, { activity }) {
    app.get('/healthz', () => ({ status: 'ok', running: activity.running, tokens: activity.tokens }));
}
const startedAt = secondsNow();
function modelObject() {
    return { id: MODEL_NAME, object: 'model', created: startedAt, owned_by: 'baton' };
}
//# sourceMappingURL=server.js.map