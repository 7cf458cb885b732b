import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './context.ts'
import { statusOf } from './request-meter.ts'

/** What is asked for again and again, by programs and by the page of operators. */
const QUIET = /\/(?:healthz|readyz|version|metrics|admin\/api\/state)$/

/** One line for each request when it is over: its route, session and fate, never its query, headers or body. */
export function logRequests(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    // fastify's `onResponse` does not hear of responses that were cut.
    reply.raw.once('close', () => logRequest(request, reply))
  })
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url
  const { id } = (request.params ?? {}) as { id?: unknown }
  const fields = {
    method: request.method,
    route,
    status: statusOf(reply),
    ms: Math.round(reply.elapsedTime),
    ...(typeof id === 'string' && { session: id }),
    ...(!reply.raw.writableFinished && { cut: true }),
  }
  if (route === undefined || QUIET.test(route)) request.log.debug(fields, 'request')
  else request.log.info(fields, 'request')
}
