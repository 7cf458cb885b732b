import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Caller, ConversationApi } from '../conversation/api.ts'
import type { Backlog } from '../network/backlog.ts'
import { at, systemClock } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { BatonError } from '../protocol/errors.ts'
import { tokenExpired } from './caller.ts'
import { ClientLeft } from './errors.ts'
import type { EventStreamLimits } from './event-stream.ts'
import type { MessageLists } from './message-lists.ts'
import type { Repeats } from './repeats.ts'

/** A fastify whose routes are typed by their zod schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** Above which no message is: who looks there is told of the session, and nothing of its messages is read. */
export const NO_TEXT = Number.MAX_SAFE_INTEGER

/** What the routes work with. */
export interface RouteContext {
  readonly api: ConversationApi
  readonly meter: Meter
  readonly connectLimiter: RateLimiter
  readonly maxContentBytes: number
  readonly backlog: Backlog
  readonly messageLists: MessageLists
  readonly repeats: Repeats
  readonly streamLimits: EventStreamLimits
  /** Aborted, with what waiting callers are to be told, when the server closes. */
  readonly closing: AbortSignal
}

/** Aborted, with what the caller is to be told, when the client leaves, its token ends (X3), or the server closes. */
export function waitingFor(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const over = new AbortController()
  const { expiresAt } = reply.request
  const expire = () => over.abort(tokenExpired())
  const expiry = expiresAt === null ? null : at(systemClock, expiresAt, expire)
  const leave = () => {
    expiry?.cancel()
    over.abort(new ClientLeft())
  }
  // Not the request's own `close`: that one comes as soon as the body has been read.
  if (reply.raw.destroyed) leave()
  else reply.raw.once('close', leave)
  return AbortSignal.any([over.signal, closing])
}

/** To be called before a session is made: rejects where the caller's address has opened too much of late (X5). */
export async function admit({ connectLimiter }: RouteContext, { clientAddress }: Caller): Promise<void> {
  const taken = await connectLimiter.take(clientAddress)
  if (typeof taken !== 'number') return
  throw new BatonError('rate_limited', 'too many new sessions, wait before the next one', { retryAfterMs: taken })
}
