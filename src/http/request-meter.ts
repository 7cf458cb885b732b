import type { FastifyReply } from 'fastify'
import type { Meter } from '../ports/meter.ts'
import type { App } from './context.ts'
import { methodLabel } from './methods.ts'

/** What is asked for at no route: its path is anything, and would be a label without bound. */
const NO_ROUTE = 'none'

/** As nginx has it: the connection was gone before any of the reply was sent. */
const HUNG_UP = 499

/** How a request ended. */
export function statusOf({ raw }: FastifyReply): number {
  return raw.headersSent ? raw.statusCode : HUNG_UP
}

/** Counts each request when it is over, by the route that it matched. */
export function countRequests(app: App, meter: Meter): void {
  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? NO_ROUTE
    // fastify's `onResponse` does not hear of responses that were cut.
    reply.raw.once('close', () => {
      meter.httpRequests(1, { method: methodLabel(request.method), route, status: String(statusOf(reply)) })
      meter.httpSeconds(reply.elapsedTime, { route })
    })
  })
}
