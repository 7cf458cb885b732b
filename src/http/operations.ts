import type { Registry } from 'prom-client'
import { z } from 'zod'
import { BatonError } from '../protocol/errors.ts'
import type { Backend } from '../protocol/message.ts'
import { errorReply, healthReply, readyReply } from '../protocol/rest.ts'
import type { App } from './context.ts'
import { replyWithError } from './errors.ts'

export interface OperationsContext {
  readonly replica: string
  readonly registry: Registry
  readonly readiness: () => { readonly ready: boolean; readonly reason?: string }
  readonly backend: () => Backend
}

/** What operators and their machines ask: no authentication, not logged above `debug`. */
export function registerOperations(app: App, { replica, registry, readiness, backend }: OperationsContext): void {
  const tags = ['operations']

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
    handler: async () => ({ status: 'ok', replica }) as const,
  })

  app.route({
    method: 'GET',
    url: '/readyz',
    schema: {
      operationId: 'getReadiness',
      summary: 'Readiness: 503 while draining, or while sessions cannot be served',
      security: [],
      tags,
      response: {
        200: readyReply,
        503: { description: 'overloaded', content: { 'application/json': { schema: errorReply } } },
      },
    },
    handler: async (_request, reply) => {
      const { ready, reason = 'not ready' } = readiness()
      if (!ready) return replyWithError(reply, new BatonError('overloaded', reason))
      return { status: 'ready', replica, backend: backend() } as const
    },
  })

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
  })
}
