/** What a client may send, checked: one schema per event of `events.ts`. */
import { z } from 'zod'
import { isShallow, text } from './bounded.ts'
import type { ClientEvent, RequestOf } from './events.ts'
import {
  MAX_HISTORY_LIMIT,
  MAX_MESSAGES_BYTES,
  MAX_METADATA_BYTES,
  MAX_METADATA_DEPTH,
  MAX_TOKEN_LENGTH,
  MAX_USER_ID_LENGTH,
} from './limits.ts'

/** Canonical form: lower case, so that one id has one key. */
export const uuid = z.uuid({ error: 'must be a UUID' }).transform((id) => id.toLowerCase())

/** Braces would end the Cluster hash tag of the user's index key; control characters serve nobody. */
export const userId = text({ min: 1, max: MAX_USER_ID_LENGTH }).regex(/^[^\p{Cc}\p{Cs}{}]+$/u, {
  error: 'must not contain control characters, lone surrogates or braces',
})

const seq = z.int().min(0)

export const metadata = z
  .record(z.string(), z.unknown())
  .refine(fitsMetadata, { error: `must be JSON of at most ${MAX_METADATA_BYTES} bytes` })
  .refine((value) => isShallow(value, MAX_METADATA_DEPTH), {
    error: `must be at most ${MAX_METADATA_DEPTH} levels deep`,
  })

function fitsMetadata(value: unknown): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(value, refuseBinary)) <= MAX_METADATA_BYTES
  } catch {
    return false // binary, or nested so deeply that it cannot even be written
  }
}

/** A binary packet's attachments come as buffers, whose own `toJSON` would hide them. */
function refuseBinary(this: Record<string, unknown>, key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(this[key])) throw new TypeError('binary is no JSON')
  return value
}

const token = text({ max: MAX_TOKEN_LENGTH }).regex(/^[\x21-\x7e]+$/, { error: 'must be a token' })
const messageRef = z.object({ sessionId: uuid, messageId: uuid })
const sessionRef = z.object({ sessionId: uuid })

export const requestSchemas = {
  'session:open': z.object({
    sessionId: uuid.optional(),
    userId: userId.optional(),
    resume: z.literal('latest').optional(),
    after: seq.optional(),
    maxBytes: z.int().min(1).max(MAX_MESSAGES_BYTES).optional(),
  }),
  'message:send': z.object({ sessionId: uuid, id: uuid, content: z.string(), metadata: metadata.optional() }),
  'message:stop': messageRef,
  'message:regenerate': messageRef,
  'session:history': z.object({
    sessionId: uuid,
    before: seq.optional(),
    limit: z.int().min(1).max(MAX_HISTORY_LIMIT).optional(),
  }),
  'session:extend': sessionRef,
  'session:clear': sessionRef,
  'auth:renew': z.object({ token }),
} satisfies { [E in ClientEvent]: z.ZodType<RequestOf<E>> }

/** The first complaint of a failed check, naming the field: `content: must be a string`. */
export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'the payload is not valid'
  return `${issue.path.join('.') || 'payload'}: ${complaintOf(issue)}`
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
}

function complaintOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message
  if (issue.message.endsWith('received undefined')) return 'is missing'
  const type = issue.message.startsWith('Invalid input: ') ? TYPES[issue.expected] : undefined
  return type === undefined ? issue.message : `must be ${type}`
}
