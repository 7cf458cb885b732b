import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ConversationApi } from '../conversation/api.ts'
import type { Meter } from '../ports/meter.ts'
import type { EventStreamLimits } from './event-stream.ts'

/** A fastify whose routes are typed by their zod schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** What the routes work with. */
export interface RouteContext {
  readonly api: ConversationApi
  readonly meter: Meter
  readonly streamLimits: EventStreamLimits
  /** Aborted, with what waiting callers are to be told, when the server closes. */
  readonly closing: AbortSignal
}

/** Aborted when the client leaves before its answer, or the server closes. */
export function waitingFor(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const left = new AbortController()
  if (reply.raw.destroyed) left.abort(new Error('the client has left'))
  // Not the request's own `close`: that one comes as soon as the body has been read.
  reply.raw.once('close', () => left.abort(new Error('the client has left')))
  return AbortSignal.any([left.signal, closing])
}
