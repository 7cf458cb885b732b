import fastify, { type FastifyInstance } from 'fastify'
import { createModel, type Model } from './generation/model.ts'
import { ResponseStore } from './generation/response-store.ts'
import { chatRoutes } from './wire/chat.ts'
import { ApiError, toApiError } from './wire/errors.ts'
import { MODEL_NAME, secondsNow } from './wire/identity.ts'
import type { ResponseRecord } from './wire/response-record.ts'
import { responsesRoutes } from './wire/responses.ts'

/** Bytes of one request: a whole conversation with its documents fits many times over. */
const BODY_LIMIT = 16 * 1024 * 1024

export interface DemoModelOptions {
  readonly tokensPerSecond: number
  /** Uniform in [0, 1): the jitter of the pace. */
  readonly random?: () => number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Most responses that are kept for `GET /v1/responses/:id`. */
  readonly maxResponses?: number
}

/**
 * A model provider with the OpenAI wire: chat completions and responses. It keeps no conversation: an answer is a
 * function of the messages in the request. Background responses can be read again for about 10 minutes.
 */
export function createDemoModel(options: DemoModelOptions): FastifyInstance {
  const model = createModel(options.tokensPerSecond, options.random ?? Math.random)
  const now = options.now ?? Date.now
  const store = new ResponseStore<ResponseRecord>({ limit: options.maxResponses ?? 1000, now })
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true })

  app.setErrorHandler((error, _request, reply) => {
    const apiError = toApiError(error)
    return reply.code(apiError.status).headers(apiError.headers).send(apiError.body)
  })
  app.setNotFoundHandler((request) => {
    throw new ApiError(404, `Invalid URL (${request.method} ${request.url})`)
  })
  app.addHook('preClose', async () => store.cancelAll())

  healthRoute(app, model)
  app.get('/v1/models', () => ({ object: 'list', data: [modelObject()] }))
  chatRoutes(app, model)
  responsesRoutes(app, { model, store, now })
  return app
}

function healthRoute(app: FastifyInstance, { activity }: Model): void {
  app.get('/healthz', () => ({ status: 'ok', running: activity.running, tokens: activity.tokens }))
}

const startedAt = secondsNow()

function modelObject(): object {
  return { id: MODEL_NAME, object: 'model', created: startedAt, owned_by: 'baton' }
}
