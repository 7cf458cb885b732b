import cors from '@fastify/cors';
import { fastify, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { originAllowed } from '../access/origin.js';
import { requestId } from '../network/request-id.js';
import { BatonError } from '../protocol/errors.js';
import { MAX_FRAME_BYTES } from '../protocol/limits.js';
import { describeIssue } from '../protocol/schemas.js';
import { registerAdmin } from './admin.js';
import { setAnswerHeaders } from './answer-headers.js';
import { boundPieces } from './body-pieces.js';
import { identifyCallers } from './caller.js';
import { registerDemo } from './demo.js';
import { demoAccess } from './demo-access.js';
import { answerMalformed, errorHandler, notFound } from './errors.js';
import { EVENT_STREAM_LIMITS } from './event-stream.js';
import { registerLegacy } from './legacy.js';
import { registerMessages } from './messages.js';
import { refuseOtherMethods } from './methods.js';
import { collectOpenApi, serveOpenApi } from './openapi.js';
import { registerHealth, registerMetrics } from './operations.js';
import { refuseForeignOrigins } from './origin.js';
import { registerPage } from './page.js';
import { oneAtATime } from './pipeline.js';
import { watchReplies } from './reply-outlet.js';
import { logRequests } from './request-log.js';
import { countRequests } from './request-meter.js';
import { registerSessions } from './sessions.js';
import { dropUnreadBodies } from './unread-body.js';
/** Time for a client to send its headers, and its whole request. Answers may take as long as the model does. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUTS_CHECKED_MS = 2_000;
/** Bytes of a request's headers: cookies of other applications on the same host may take 16 KiB alone. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Longer than the 60 s that nginx keeps an idle upstream connection, so that never both ends use one that just closed. */
const KEEP_ALIVE_MS = 75_000;
/** A dead peer on a silent connection is noticed by TCP. */
const TCP_PROBE_MS = 30_000;
/**
 * The HTTP side of a replica (contract H), listening nowhere yet. `close()` ends event streams and answers waiting
 * callers with `overloaded`, so that they repeat elsewhere.
 */
export async function createHttpServer(options) {
    const { settings } = options;
    const closing = new AbortController();
    const app = bareServer(options, options.isUpgrade);
    app.addHook('preClose', async () => {
        closing.abort(new BatonError('overloaded', 'this replica is going; send the same id again', { retryAfterMs: 1000 }));
    });
    setAnswerHeaders(app);
    watchReplies(app, options.backlog);
    const refuseOthers = refuseOtherMethods(app);
    const allowed = originAllowed(settings.ALLOWED_ORIGINS);
    await app.register(cors, {
        origin: settings.ALLOWED_ORIGINS.includes('*') ? '*' : (origin, decide) => decide(null, allowed(origin)),
        methods: ['GET', 'HEAD', 'POST', 'DELETE'],
        allowedHeaders: ['authorization', 'content-type', 'last-event-id', 'session-id'],
        exposedHeaders: ['retry-after'],
        maxAge: 600,
        strictPreflight: false,
    });
    await collectOpenApi(app, settings);
    await app.register(async (mounted) => registerAll(mounted, options, closing.signal), {
        prefix: settings.BASE_PATH,
    });
    refuseOthers();
    return app;
}
/** What operators alone ask, on a port of its own that no client is led to (OPS_PORT). */
export async function createOperatorServer(options) {
    const app = bareServer(options);
    const refuseOthers = refuseOtherMethods(app);
    await app.register(async (mounted) => registerOperatorRoutes(mounted, options), {
        prefix: options.settings.BASE_PATH,
    });
    refuseOthers();
    return app;
}
/** A server without a route: its bounds, and how it answers what goes wrong. */
function bareServer({ log, meter }, isUpgrade = () => false) {
    const app = fastify({
        loggerInstance: log,
        logController: new LogController({ disableRequestLogging: true }),
        genReqId: requestId,
        bodyLimit: MAX_FRAME_BYTES,
        routerOptions: { maxParamLength: 16 * 1024 }, // hostile ids are the schemas' to refuse
        return503OnClosing: false,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        http: {
            headersTimeout: HEADERS_TIMEOUT_MS,
            maxHeaderSize: MAX_HEADER_BYTES,
            connectionsCheckingInterval: TIMEOUTS_CHECKED_MS,
            keepAlive: true,
            keepAliveInitialDelay: TCP_PROBE_MS,
            shouldUpgradeCallback: isUpgrade,
        },
        clientErrorHandler: answerMalformed,
        frameworkErrors: (error, request, reply) => void errorHandler(meter)(error, request, reply),
    }).withTypeProvider();
    oneAtATime(app.server);
    boundPieces(app.server);
    app.setValidatorCompiler(({ schema }) => (data) => {
        const parsed = schema.safeParse(data);
        return parsed.success ? { value: parsed.data } : { error: new BatonError('invalid', describeIssue(parsed.error)) };
    });
    app.setSerializerCompiler(serializerCompiler);
    app.setErrorHandler(errorHandler(meter));
    app.setNotFoundHandler(notFound);
    readBodies(app);
    dropUnreadBodies(app);
    logRequests(app);
    countRequests(app, meter);
    return app;
}
/** What tells operators and their machines how the replica is, and what operators do with it. */
async function registerOperatorRoutes(app, options) {
    registerHealth(app, options);
    registerMetrics(app, options.registry);
    const { admin } = options;
    if (admin !== undefined)
        await app.register(async (routes) => registerAdmin(routes, admin));
}
/** Everything that is served, under the prefix of `app` (R6). */
async function registerAll(app, options, closing) {
    const { api, settings, meter, connectLimiter, backlog, largeReplies, streamLimits = EVENT_STREAM_LIMITS } = options;
    serveOpenApi(app);
    if (settings.OPS_PORT === undefined)
        await registerOperatorRoutes(app, options);
    else
        registerHealth(app, options);
    const staged = settings.DEMO ? demoAccess(settings.TRUST_PROXY) : null;
    await app.register(async (page) => registerPage(page, options.publicDir, staged));
    await app.register(async (routes) => {
        refuseForeignOrigins(routes, settings);
        identifyCallers(routes, options.authenticator, settings);
        const context = { api, meter, connectLimiter, backlog, largeReplies, streamLimits, closing };
        registerSessions(routes, context);
        registerMessages(routes, context);
        registerLegacy(routes, context);
        if (settings.DEMO)
            await routes.register(async (demo) => registerDemo(demo, options));
    });
}
/** JSON, or nothing whatever the content type says: clients like to name one for a body that they leave out. */
function readBodies(app) {
    const parse = app.getDefaultJsonParser('error', 'error');
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
        if (body === '')
            done(null, undefined);
        else
            parse(request, body, done);
    });
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
        if (body.length === 0)
            done(null, undefined);
        else
            done(new BatonError('invalid', 'content-type: must be application/json'));
    });
}
//# sourceMappingURL=server.js.map