import { z } from 'zod';
import { BatonError } from '../protocol/errors.js';
import { errorReply, healthReply, readyReply, versionReply } from '../protocol/rest.js';
import { replyWithError } from './errors.js';
const tags = ['operations'];
/** What supervisors and whatever stands in front ask: no authentication, not logged above `debug`. */
export function registerHealth(app, { replica, build, readiness, backend }) {
    app.route({
        method: 'GET',
        url: '/healthz',
        schema: {
            operationId: 'getHealth',
            summary: 'Liveness: answers while the process runs',
            security: [],
            tags,
            response: { 200: healthReply },
        },
        handler: async () => ({ status: 'ok', replica }),
    });
    app.route({
        method: 'GET',
        url: '/readyz',
        schema: {
            operationId: 'getReadiness',
            summary: 'Readiness: 503 while draining',
            security: [],
            tags,
            response: {
                200: readyReply,
                503: { description: 'overloaded', content: { 'application/json': { schema: errorReply } } },
            },
        },
        handler: async (_request, reply) => {
            const { ready, reason = 'not ready' } = readiness();
            if (!ready)
                return replyWithError(reply, new BatonError('overloaded', reason));
            return { status: 'ready', replica, backend: backend() };
        },
    });
    app.route({
        method: 'GET',
        url: '/version',
        schema: {
            operationId: 'getVersion',
            summary: 'What this replica is made from: its version, the number of what it writes into Redis, and Node.js',
            security: [],
            tags,
            response: { 200: versionReply },
        },
        handler: async () => ({ ...build, node: process.versions.node }),
    });
}
/** What Prometheus asks, on the same terms. */
export function registerMetrics(app, registry) {
    app.route({
        method: 'GET',
        url: '/metrics',
        schema: {
            operationId: 'getMetrics',
            summary: 'Prometheus series of this replica',
            security: [],
            tags,
            response: { 200: { description: 'text format 0.0.4', content: { 'text/plain': { schema: z.string() } } } },
        },
        handler: async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
    });
}
//# sourceMappingURL=operations.js.map