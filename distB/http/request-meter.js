/** What is asked for at no route: its path is anything, and would be a label without bound. */
const NO_ROUTE = 'none';
/** Counts each request when it is over, by the route that it matched. */
export function countRequests(app, meter) {
    app.addHook('onRequest', async (request, reply) => {
        const route = request.routeOptions.url ?? NO_ROUTE;
        // fastify's `onResponse` does not hear of responses that were cut.
        reply.raw.once('close', () => {
            meter.httpRequests(1, { method: request.method, route, status: String(reply.raw.statusCode) });
            meter.httpSeconds(reply.elapsedTime, { route });
        });
    });
}
//# sourceMappingURL=request-meter.js.map