/** The shapes of what a gateway sends (E, H, M, X1). Fields that are not named are let pass: a client ignores them. */
import { z } from 'zod'
import { ERROR_CODES } from '../protocol/errors.ts'
import type { ClientEvent, GatewayEvent } from '../protocol/events.ts'
import { describeIssue } from '../protocol/schemas.ts'
import { Failure } from './verdict.ts'

const backend = z.enum(['redis', 'memory'])
const count = z.int().min(0)
const time = z.iso.datetime({ offset: true })

const message = z.object({
  id: z.uuid(),
  seq: z.int().min(1),
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string(),
  status: z.enum(['streaming', 'complete', 'stopped', 'error']),
  attempt: z.int().min(1),
  createdAt: time,
  metadata: z.record(z.string(), z.unknown()),
})

const session = z.object({
  id: z.uuidv4(),
  userId: z.string().nullable(),
  createdAt: time,
  lastActivity: time,
  messageCount: count,
  ttlSeconds: z.number().positive(),
})

export const error = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string().min(1),
  retryable: z.boolean(),
  retryAfterMs: z.number().min(0).optional(),
})

const durability = { persisted: z.boolean(), backend }

/** What acknowledges an event of a client, beside `ok`. */
export const replies = {
  'session:open': z.object({
    session,
    resumed: z.boolean(),
    messages: z.array(message),
    after: count,
    replica: z.string().min(1),
    backend,
  }),
  'message:send': z.object({ message, answer: message, ...durability }),
  'message:stop': z.object({ message, ...durability }),
  'message:regenerate': z.object({ answer: message, ...durability }),
  'session:history': z.object({ messages: z.array(message), hasMore: z.boolean() }),
  'session:extend': z.object({ ttlSeconds: z.number().positive() }),
  'session:clear': z.object({}),
  'auth:renew': z.object({ expiresInMs: z.number().min(0).nullable() }),
} satisfies { [E in ClientEvent]: z.ZodType }

/** What the gateway's own events carry. */
export const events = {
  message: z.object({ sessionId: z.uuid(), message }),
  delta: z.object({
    sessionId: z.uuid(),
    messageId: z.uuid(),
    attempt: z.int().min(1),
    offset: count,
    text: z.string(),
  }),
  'session:sync': z.object({ sessionId: z.uuid(), after: count, messages: z.array(message) }),
  activity: z.object({
    sessionId: z.uuid(),
    messageId: z.uuid(),
    kind: z.enum(['thinking', 'searching', 'retrying', 'resuming']),
    text: z.string().optional(),
  }),
  'session:ended': z.object({ sessionId: z.uuid(), reason: z.enum(['cleared', 'expired']) }),
  backend: z.object({ backend }),
  draining: z.object({ reconnectInMs: z.number().min(0) }),
  'auth:expiring': z.object({ expiresInMs: z.number().min(0) }),
} satisfies { [E in GatewayEvent]: z.ZodType }

/** The value in its shape. Throws `Failure` that names the first field that is not. */
export function shaped<S extends z.ZodType>(shape: S, value: unknown, what: string): z.output<S> {
  const parsed = shape.safeParse(value)
  if (!parsed.success) throw new Failure(`${what}: ${describeIssue(parsed.error)}`)
  return parsed.data
}

export type Message = z.output<typeof message>
export type Delta = z.output<typeof events.delta>
export type ErrorBody = z.output<typeof error>
export type ReplyOf<E extends ClientEvent> = z.output<(typeof replies)[E]>
export type EventOf<E extends GatewayEvent> = z.output<(typeof events)[E]>
