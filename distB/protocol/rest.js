/** What HTTP takes and gives (contract H), one schema per body; the OpenAPI document is made from them. */
import { z } from 'zod';
import { ERROR_CODES } from './errors.js';
import { DEFAULT_LIST_LIMIT, MAX_HISTORY_LIMIT, MAX_LIST_LIMIT } from './limits.js';
import { metadata, userId, uuid } from './schemas.js';
const timestamp = z.string().meta({ description: 'ISO 8601', format: 'date-time' });
const sessionId = z.uuid();
const backend = z.enum(['redis', 'memory']);
const ROLES = ['user', 'assistant', 'system'];
const status = z.enum(['streaming', 'complete', 'stopped', 'error']);
/** Its bounds are a setting, and what is blank is refused where messages are taken: here they are only told. */
const words = z
    .string()
    .meta({ description: 'Not blank; at most MAX_CONTENT_BYTES as UTF-8', minLength: 1, pattern: '\\S' });
const anyMetadata = z.record(z.string(), z.unknown());
// Requests
export const sessionParams = z.object({ id: uuid });
export const messageParams = sessionParams.extend({ messageId: uuid });
/** `?user_id=` left empty is as good as none. */
export const userQuery = z.object({
    user_id: z
        .string()
        .transform((value) => (value === '' ? undefined : value))
        .pipe(userId.optional())
        .optional(),
});
/** Of a query: a number from 1 on, in digits. */
const count = (most) => z.coerce
    .number({ error: 'must be a whole number' })
    .int({ error: 'must be a whole number' })
    .min(1, { error: 'must be at least 1' })
    .max(most, { error: `must be at most ${most}` })
    .optional();
/** `before` is a `last_activity` of the page before. */
export const listQuery = userQuery.extend({
    limit: count(MAX_LIST_LIMIT).meta({ description: `At most so many, ${DEFAULT_LIST_LIMIT} where absent` }),
    before: z.iso
        .datetime({ offset: true, error: 'must be a last_activity, ISO 8601' })
        .transform((value) => new Date(value).toISOString())
        .optional()
        .meta({ description: 'Only sessions whose `last_activity` was before: the next page' }),
});
export const historyQuery = z.object({
    max_messages: count(Number.MAX_SAFE_INTEGER).meta({
        description: `The last so many; at most ${MAX_HISTORY_LIMIT} come`,
    }),
    before: count(Number.MAX_SAFE_INTEGER).meta({ description: 'Only those with a lower `seq`: the page before' }),
});
export const sendBody = z
    .object({
    message: words,
    metadata: metadata.optional(),
    id: uuid.optional().meta({ description: 'The idempotency key: repeating it gives the same answer' }),
})
    .meta({ id: 'SendMessage' });
export const questionBody = z.object({ question: words }).meta({ id: 'Question' });
/** Loose, because a checked header object takes the place of all headers. */
export const legacyHeaders = z.looseObject({ 'session-id': z.string().optional() });
export const resumeHeaders = z.looseObject({
    'last-event-id': z.string().optional().meta({ description: 'id of the last event that was read' }),
});
// Replies
export const errorReply = z
    .object({
    error: z.object({
        code: z.enum(ERROR_CODES),
        message: z.string().meta({ description: 'Names the field that is wrong, where one is' }),
        retryable: z.boolean(),
        retryAfterMs: z.number().optional(),
    }),
})
    .meta({ id: 'Error' });
export const createdReply = z.object({ session_id: sessionId, created_at: timestamp }).meta({ id: 'CreatedSession' });
export const sessionsReply = z
    .object({
    sessions: z.array(z.object({ session_id: sessionId, created_at: timestamp, last_activity: timestamp })),
    total: z.int(),
})
    .meta({ id: 'SessionList' });
export const statsReply = z
    .object({
    session_id: sessionId,
    user_id: z.string().nullable(),
    created_at: timestamp,
    last_activity: timestamp,
    message_count: z.int(),
    size_bytes: z.int(),
    ttl_seconds: z.number(),
})
    .meta({ id: 'SessionStats' });
export const historyReply = z
    .object({
    session_id: sessionId,
    messages: z.array(z
        .object({
        id: z.string(),
        seq: z.int(),
        attempt: z.int(),
        status,
        role: z.enum(ROLES),
        content: z.string(),
        timestamp,
        metadata: anyMetadata,
    })
        .meta({ id: 'HistoryMessage' })),
    total_messages: z.int().meta({ description: 'All that the session keeps' }),
})
    .meta({ id: 'History' });
export const answerReply = z
    .object({
    session_id: sessionId,
    user_message: z.string(),
    assistant_response: z.string(),
    sources: z.array(z.unknown()),
    processing_time_ms: z.number().nullable(),
    finish_reason: z
        .string()
        .nullable()
        .meta({ description: 'stop, length, content_filter, stopped … as in the metadata' }),
    status,
    conversation_length: z.int(),
    session_persisted: z.boolean(),
    backend,
})
    .meta({ id: 'Answer' });
const message = z
    .object({
    id: z.string(),
    seq: z.int(),
    role: z.enum(ROLES),
    content: z.string(),
    status,
    attempt: z.int(),
    createdAt: timestamp,
    metadata: anyMetadata,
})
    .meta({ id: 'Message' });
const durability = { persisted: z.boolean().optional(), backend: backend.optional() };
export const stoppedReply = z.object({ message, ...durability }).meta({ id: 'StoppedAnswer' });
export const regeneratedReply = z.object({ answer: message, ...durability }).meta({ id: 'RegeneratedAnswer' });
export const extendReply = z.object({ session_id: sessionId, ttl_seconds: z.number() }).meta({ id: 'ExtendedSession' });
export const clearReply = z.object({ message: z.string() }).meta({ id: 'ClearedSession' });
export const legacyCreatedReply = z
    .object({ success: z.literal(true), sessionId, message: z.string() })
    .meta({ id: 'LegacyCreatedSession' });
export const legacyHistoryReply = z
    .object({
    success: z.literal(true),
    messages: z.array(z.object({ type: z.enum(ROLES), content: z.string(), timestamp })),
    sessionId,
    createdAt: timestamp,
    lastActivity: timestamp,
})
    .meta({ id: 'LegacyHistory' });
export const legacyValidReply = z
    .object({ success: z.literal(true), valid: z.boolean(), sessionId: z.string() })
    .meta({ id: 'LegacyValidity' });
export const legacyClearReply = z
    .object({ success: z.literal(true), message: z.string() })
    .meta({ id: 'LegacyClearedSession' });
export const legacyAnswerReply = z
    .object({ success: z.literal(true), reply: z.string(), sessionID: sessionId })
    .meta({ id: 'LegacyAnswer' });
export const healthReply = z.object({ status: z.literal('ok'), replica: z.string() }).meta({ id: 'Health' });
export const versionReply = z
    .object({ version: z.string(), protocol: z.int(), node: z.string() })
    .meta({ id: 'Version' });
export const readyReply = z
    .object({ status: z.literal('ready'), replica: z.string(), backend })
    .meta({ id: 'Readiness' });
//# sourceMappingURL=rest.js.map