import type { IncomingMessage, Server } from 'node:http'
import cors from '@fastify/cors'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Registry } from 'prom-client'
import type { z } from 'zod'
import type { Authenticator } from '../access/authenticate.ts'
import { originAllowed } from '../access/origin.ts'
import type { Settings } from '../config/settings.ts'
import type { ConversationApi } from '../conversation/api.ts'
import type { Backlog } from '../network/backlog.ts'
import { objectionToHost } from '../network/host.ts'
import type { LargeReplies } from '../network/large-replies.ts'
import { requestId } from '../network/request-id.ts'
import type { Meter } from '../ports/meter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { BatonError } from '../protocol/errors.ts'
import { MAX_FRAME_BYTES } from '../protocol/limits.ts'
import { describeIssue } from '../protocol/schemas.ts'
import { type AdminContext, registerAdmin } from './admin.ts'
import { ANSWER_HEADERS, setAnswerHeaders } from './answer-headers.ts'
import { boundPieces } from './body-pieces.ts'
import { identifyCallers } from './caller.ts'
import type { App } from './context.ts'
import { registerDemo } from './demo.ts'
import { demoAccess } from './demo-access.ts'
import { answerMalformed, errorHandler, MAX_PATH_PART, notFound } from './errors.ts'
import { EVENT_STREAM_LIMITS, type EventStreamLimits } from './event-stream.ts'
import { noteRequests } from './late-request.ts'
import { registerLegacy } from './legacy.ts'
import { MessageLists } from './message-lists.ts'
import { registerMessages } from './messages.ts'
import { refuseOtherMethods } from './methods.ts'
import { collectOpenApi, serveOpenApi } from './openapi.ts'
import { type HealthContext, registerHealth, registerMetrics } from './operations.ts'
import { refuseForeignOrigins, refuseForeignPreflights } from './origin.ts'
import { registerPage } from './page.ts'
import { oneAtATime } from './pipeline.ts'
import { readBodies } from './read-bodies.ts'
import { Repeats } from './repeats.ts'
import { watchReplies } from './reply-outlet.ts'
import { logRequests } from './request-log.ts'
import { countRequests } from './request-meter.ts'
import { registerSessions } from './sessions.ts'
import { dropUnreadBodies } from './unread-body.ts'

export interface HttpServerOptions extends HealthContext {
  readonly api: ConversationApi
  readonly settings: Pick<
    Settings,
    | 'AUTH'
    | 'ALLOWED_ORIGINS'
    | 'MAX_CONTENT_BYTES'
    | 'TRUST_PROXY'
    | 'DEMO'
    | 'DATA_DIR'
    | 'BASE_PATH'
    | 'OPS_PORT'
    | 'ADMIN_TOKEN'
  >
  readonly authenticator: Authenticator
  /** Sessions that are made over HTTP count as connections (X5). */
  readonly connectLimiter: RateLimiter
  readonly backlog: Backlog
  /** In which replies are made that may be large. */
  readonly largeReplies: LargeReplies
  readonly log: FastifyBaseLogger
  readonly meter: Meter
  readonly registry: Registry
  /** The built page; may be absent. */
  readonly publicDir: string
  readonly streamLimits?: EventStreamLimits
  /** Absent where nobody operates (`ADMIN_TOKEN`). */
  readonly admin?: Omit<AdminContext, 'messageLists' | 'backend'> | undefined
  /** Absent where there are none. */
  readonly sockets?: SocketServer
}

/** What serves sockets on the same port, and requests under their path. */
export interface SocketServer {
  /** Which requests leave HTTP; all others are answered as plain ones, whatever `Upgrade` they name (X7). */
  isUpgrade(request: IncomingMessage): boolean
  attach(server: Server): void
}

/** Time for a client to send its headers, and its whole request. Answers may take as long as the model does. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const TIMEOUTS_CHECKED_MS = 2_000
/** Bytes of a request's headers: cookies of other applications on the same host may take 16 KiB alone. */
const MAX_HEADER_BYTES = 64 * 1024
/** Longer than the 60 s that nginx keeps an idle upstream connection, so that never both ends use one that just closed. */
const KEEP_ALIVE_MS = 75_000
/** A dead peer on a silent connection is noticed by TCP. */
const TCP_PROBE_MS = 30_000

/**
 * The HTTP side of a replica (contract H), listening nowhere yet. `close()` ends event streams and answers waiting
 * callers with `overloaded`, so that they repeat elsewhere. It resolves once no connection is left: Node watches over none any
 * more by then, and half a request may stay for ever.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { settings } = options
  const closing = new AbortController()
  const app = bareServer(options, options.sockets)
  app.addHook('preClose', async () => {
    closing.abort(new BatonError('overloaded', 'this replica is going; send the same id again', { retryAfterMs: 1000 }))
  })
  const refuseOthers = refuseOtherMethods(app, options.meter)

  refuseForeignPreflights(app, settings)
  const allowed = originAllowed(settings.ALLOWED_ORIGINS)
  await app.register(cors, {
    origin: settings.ALLOWED_ORIGINS.includes('*') ? '*' : (origin, decide) => decide(null, allowed(origin)),
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'last-event-id', 'session-id'],
    exposedHeaders: ['retry-after'],
    maxAge: 600,
    strictPreflight: false,
  })
  await collectOpenApi(app, settings)
  await app.register(async (mounted: App) => registerAll(mounted, options, closing.signal), {
    prefix: settings.BASE_PATH,
  })
  refuseOthers()
  return app
}

/** What operators alone ask, on a port of its own that no client is led to (OPS_PORT). */
export async function createOperatorServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = bareServer(options)
  const refuseOthers = refuseOtherMethods(app, options.meter)
  await app.register(async (mounted: App) => registerOperatorRoutes(mounted, options), {
    prefix: options.settings.BASE_PATH,
  })
  refuseOthers()
  return app
}

/** A server without a route: its bounds, what all its answers have in common, and how it answers what goes wrong. */
function bareServer({ log, meter, backlog }: HttpServerOptions, sockets?: SocketServer): App {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    bodyLimit: MAX_FRAME_BYTES,
    routerOptions: { maxParamLength: MAX_PATH_PART },
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: TIMEOUTS_CHECKED_MS,
      keepAlive: true,
      keepAliveInitialDelay: TCP_PROBE_MS,
      requireHostHeader: false, // it is refused below, with a word
      shouldUpgradeCallback: (request) => sockets?.isUpgrade(request) === true,
    },
    clientErrorHandler: answerMalformed(meter),
    // no hook is asked then
    frameworkErrors: (error, request, reply) => void errorHandler(meter)(error, request, reply.headers(ANSWER_HEADERS)),
  }).withTypeProvider<ZodTypeProvider>()
  sockets?.attach(app.server) // before the bounds: Engine.IO would keep them from what has its path
  oneAtATime(app.server)
  boundPieces(app.server)
  noteRequests(app.server)
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response)) // Node's 417 has no body
  setAnswerHeaders(app) // first: a hook that refuses ends the others
  requireHost(app)
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const parsed = schema.safeParse(data)
    return parsed.success ? { value: parsed.data } : { error: new BatonError('invalid', describeIssue(parsed.error)) }
  })
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(errorHandler(meter))
  app.setNotFoundHandler(notFound(meter))
  readBodies(app)
  dropUnreadBodies(app)
  watchReplies(app, backlog)
  logRequests(app)
  countRequests(app, meter)
  return app
}

function requireHost(app: App): void {
  app.addHook('onRequest', async ({ raw }) => {
    const objection = objectionToHost(raw)
    if (objection !== null) throw new BatonError('invalid', objection)
  })
}

/** What tells operators and their machines how the replica is, and what operators do with it. */
async function registerOperatorRoutes(app: App, options: HttpServerOptions): Promise<void> {
  registerHealth(app, options)
  registerMetrics(app, options.registry)
  const { admin } = options
  if (admin === undefined) return
  const messageLists = new MessageLists(options.largeReplies)
  await app.register(async (routes: App) => registerAdmin(routes, { ...admin, messageLists, backend: options.backend }))
}

/** Everything that is served, under the prefix of `app` (R6). */
async function registerAll(app: App, options: HttpServerOptions, closing: AbortSignal): Promise<void> {
  const { api, settings, meter, connectLimiter, backlog, largeReplies, streamLimits = EVENT_STREAM_LIMITS } = options
  serveOpenApi(app)
  if (settings.OPS_PORT === undefined) await registerOperatorRoutes(app, options)
  else registerHealth(app, options)
  const staged = settings.DEMO ? demoAccess(settings.TRUST_PROXY) : null
  await app.register(async (page) => registerPage(page, options.publicDir, staged))
  await app.register(async (routes: App) => {
    refuseForeignOrigins(routes, settings)
    identifyCallers(routes, options.authenticator, settings)
    const messageLists = new MessageLists(largeReplies)
    const context = {
      api,
      meter,
      connectLimiter,
      maxContentBytes: settings.MAX_CONTENT_BYTES,
      backlog,
      messageLists,
      repeats: new Repeats(messageLists),
      streamLimits,
      closing,
    }
    registerSessions(routes, context)
    registerMessages(routes, context)
    registerLegacy(routes, context)
    if (settings.DEMO) await routes.register(async (demo: App) => registerDemo(demo, options))
  })
}
