import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { Build } from '../ports/build.ts'
import { BatonError } from '../protocol/errors.ts'
import type { Backend } from '../protocol/message.ts'
import { errorReply, healthReply, readyReply, versionReply } from '../protocol/rest.ts'
import type { App } from './context.ts'
import { replyWithError } from './errors.ts'

const tags = ['operations']

export interface Readiness {
  readonly ready: boolean
  /** Why not. */
  readonly reason?: string
}

export interface HealthContext {
  readonly replica: string
  readonly build: Build
  readonly readiness: () => Readiness
  readonly backend: () => Backend
}

/** What supervisors and whatever stands in front ask: no authentication, not logged above `debug`. */
export function registerHealth(app: App, { replica, build, readiness, backend }: HealthContext): void {
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
      summary: 'Readiness: 503 while draining, or while nothing can be served',
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
    url: '/version',
    schema: {
      operationId: 'getVersion',
      summary: 'What this replica is made from: its version, the number of what it writes into Redis, and Node.js',
      security: [],
      tags,
      response: { 200: versionReply },
    },
    handler: async () => ({ ...build, node: process.versions.node }),
  })
}

/** What Prometheus asks, on the same terms. */
export function registerMetrics(app: App, registry: Registry): void {
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
