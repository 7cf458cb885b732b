/** What operators ask and are told, one schema per body; and reports of other replicas, checked before they are believed (X6). */
import { z } from 'zod'
import { list, text } from './bounded.ts'
import { ERROR_CODES } from './errors.ts'
import { LOG_LEVELS, TAKEOVER_CAUSES, TAKEOVER_OUTCOMES } from './operators.ts'
import { listQuery, sessionsReply } from './rest.ts'

const uuid = z.uuid()
const count = z.number().min(0)
const time = z.number().meta({ description: 'Epoch milliseconds' })
const address = text({ max: 200 })

const running = z.object({
  sessionId: uuid,
  messageId: uuid,
  userId: z.string().nullable(),
  startedAt: time,
  attempt: count,
  characters: count,
  state: text({ max: 40 }),
})
const takeover = z.object({
  at: time,
  sessionId: uuid,
  messageId: uuid,
  from: address,
  cause: z.enum(TAKEOVER_CAUSES),
  outcome: z.enum(TAKEOVER_OUTCOMES),
})
const facts = z.object({
  version: text({ max: 100 }),
  protocol: count,
  startedAt: time,
  draining: z.boolean(),
  logLevel: text({ max: 20 }),
  connections: count,
  lagMs: count,
  loopUtilisation: count,
  memoryBytes: count,
  backend: z.enum(['redis', 'memory']),
  heldSessions: count,
  heldBytes: count,
  heldMaxBytes: count,
})
export const reportSchema = z.object({
  address,
  process: facts,
  answers: count,
  running: list(running, 1000),
  takeovers: list(takeover, 1000),
})

const replica = z.object({
  id: z.string(),
  address,
  report: facts
    .extend({ answers: count })
    .nullable()
    .meta({ description: 'Null for one that says nothing: it is frozen, just gone, or of a version without reports' }),
})
const owned = { owner: z.string().meta({ description: 'The id of the replica' }), ageMs: count }
export const stateReply = z
  .object({
    now: time,
    replica: z.string().meta({ description: 'The one that answers' }),
    replicas: z.array(replica),
    answers: z
      .array(running.omit({ startedAt: true }).extend(owned))
      .meta({ description: 'The oldest of each replica' }),
    takeovers: z.array(takeover.extend({ to: z.string() })).meta({ description: 'Of the last hour, latest first' }),
  })
  .meta({ id: 'AdminState' })

export type AdminState = z.output<typeof stateReply>

export const adminListQuery = listQuery.required({ user_id: true })
export const adminListReply = sessionsReply
export type AdminSessionList = z.output<typeof adminListReply>

export const adminSessionReply = z
  .object({
    session_id: z.string(),
    user_id: z.string().nullable(),
    created_at: z.string(),
    last_activity: z.string(),
    message_count: count,
    size_bytes: count,
    ttl_seconds: count,
    owner: z.string().nullable().meta({ description: 'Who produces its running answer; null where none runs' }),
    messages: z
      .array(
        z.object({
          id: z.string(),
          seq: count,
          role: z.string(),
          status: z.string(),
          attempt: count,
          created_at: z.string(),
          characters: count,
          error: z.enum(ERROR_CODES).nullable(),
          replicas: z.array(z.string()),
        }),
      )
      .meta({ description: 'The newest, without what they say' }),
  })
  .meta({ id: 'AdminSession' })

export type AdminSession = z.output<typeof adminSessionReply>

export const replicaParams = z.object({ address })
export const levelBody = z.object({ level: z.enum(LOG_LEVELS) }).meta({ id: 'LogLevel' })
export const doneReply = z.object({ done: z.literal(true) }).meta({ id: 'Done' })
export const adminStoppedReply = doneReply
  .extend({ status: z.string(), characters: count })
  .meta({ id: 'OperatorStoppedAnswer', description: 'Without what it says' })
