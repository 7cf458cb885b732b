import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Settings } from '../config/settings.ts'
import type { ConversationApi } from '../conversation/api.ts'
import { text } from '../protocol/bounded.ts'
import { BatonError } from '../protocol/errors.ts'
import { uuid } from '../protocol/schemas.ts'
import type { App } from './context.ts'
import { demoAccess } from './demo-access.ts'
import { type Blow, readStackFile, SIGNALS, STATES, stateOfProcess, stateOfReplica, strike } from './demo-stack.ts'
import { errorReplies } from './openapi.ts'

export interface DemoContext {
  readonly api: ConversationApi
  readonly settings: Pick<Settings, 'DATA_DIR' | 'TRUST_PROXY' | 'BASE_PATH'>
  readonly replica: string
}

const state = z.enum(STATES)
const processReply = z.object({ pid: z.number(), state })
const stackQuery = z.object({ session: uuid.optional().meta({ description: 'Tells who owns its running answer' }) })
const stackReply = z
  .object({
    replica: z.string().meta({ description: 'The one that answers this request' }),
    replicas: z.array(processReply.extend({ id: z.string() })),
    redis: processReply.nullable().meta({ description: 'Null where the stack has none of its own' }),
    model: processReply.nullable(),
    answer: z
      .object({ owner: z.string().nullable().meta({ description: 'Null where no answer runs' }) })
      .nullable()
      .meta({ description: 'Null where it is not known: no session was named, or this replica cannot read it now' }),
  })
  .meta({ id: 'DemoStack' })
const blowParams = z.object({ id: text({ max: 64 }) })
const blowBody = z.object({
  pid: z.number().int().optional().meta({ description: 'Strike only this process, so that a repeat strikes no other' }),
})
const blowReply = z.object({ done: z.boolean().meta({ description: 'False where that process has already gone' }) })

const tags = ['demo']

/** The stage's routes (W5), which exist only with DEMO=1: the stack as it is, and blows to its processes. */
export function registerDemo(app: App, context: DemoContext): void {
  const { DATA_DIR, TRUST_PROXY } = context.settings
  const stackFile = join(DATA_DIR, 'stack.json')
  keepToOwnPages(app, TRUST_PROXY)
  getStack(app, context, stackFile)
  for (const [blow, signal] of Object.entries(SIGNALS) as [Blow, string][]) strikeReplica(app, stackFile, blow, signal)
  killRedis(app, stackFile)
}

function keepToOwnPages(app: App, trustedProxies: Settings['TRUST_PROXY']): void {
  const allowed = demoAccess(trustedProxies)
  app.addHook('onRequest', async ({ raw, method, headers }) => {
    if (!allowed(raw))
      throw new BatonError('forbidden', 'only for pages of this gateway that are open on its own machine')
    // A form of another site can send a body, but not as JSON without being asked for by CORS first.
    const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '')
    if (method !== 'GET' && !isJson) throw new BatonError('forbidden', 'content-type: must be application/json')
  })
}

function getStack(app: App, { api, settings, replica }: DemoContext, stackFile: string): void {
  app.route({
    method: 'GET',
    url: '/demo/stack',
    schema: {
      operationId: 'getStack',
      summary: "The stack's processes, and who owns a session's running answer",
      tags,
      querystring: stackQuery,
      response: { 200: stackReply, ...errorReplies() },
    },
    handler: async ({ caller, query: { session } }) => {
      const { replicas, redis, model } = readStackFile(stackFile)
      const [states, owner] = await Promise.all([
        Promise.all(replicas.map((one) => stateOfReplica(one, settings.BASE_PATH))),
        // Unknown is an answer, too: it is Redis's absence that the stage wants to show.
        session === undefined ? undefined : api.ownerOf(caller, session).catch(() => undefined),
      ])
      return {
        replica,
        replicas: replicas.map(({ id, pid }, i) => ({ id, pid, state: states[i] ?? 'down' })),
        redis: redis === undefined ? null : { pid: redis.pid, state: stateOfProcess(redis.pid) },
        model: model === undefined ? null : { pid: model.pid, state: stateOfProcess(model.pid) },
        answer: owner === undefined ? null : { owner },
      }
    },
  })
}

function strikeReplica(app: App, stackFile: string, blow: Blow, signal: string): void {
  app.route({
    method: 'POST',
    url: `/demo/replicas/:id/${blow}`,
    schema: {
      operationId: `${blow}Replica`,
      summary: `${signal} to a replica`,
      tags,
      params: blowParams,
      body: blowBody,
      response: { 200: blowReply, ...errorReplies() },
    },
    handler: async ({ params: { id }, body }, reply) => {
      const target = readStackFile(stackFile).replicas.find((one) => one.id === id)
      if (target === undefined) throw new BatonError('invalid', `id: the stack has no replica ${JSON.stringify(id)}`)
      return hit(target.pid, body.pid, blow, reply)
    },
  })
}

function killRedis(app: App, stackFile: string): void {
  app.route({
    method: 'POST',
    url: '/demo/redis/kill',
    schema: {
      operationId: 'killRedis',
      summary: 'SIGKILL to Redis',
      tags,
      body: blowBody,
      response: { 200: blowReply, ...errorReplies() },
    },
    handler: async ({ body }, reply) => {
      const { redis } = readStackFile(stackFile)
      if (redis === undefined) throw new BatonError('invalid', 'the stack has no Redis of its own')
      return hit(redis.pid, body.pid, 'kill', reply)
    },
  })
}

function hit(pid: number, meant: number | undefined, blow: Blow, reply: FastifyReply): { done: boolean } {
  if (meant !== undefined && meant !== pid) return { done: false }
  if (pid !== process.pid) return { done: strike(pid, blow) }
  // A visitor who kills the replica that answers is told so first.
  reply.raw.once('finish', () => setImmediate(() => strike(pid, blow)))
  return { done: true }
}
