import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransformObject, jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Settings } from '../config/settings.ts'
import { BatonError, type ErrorCode } from '../protocol/errors.ts'
import { errorReply } from '../protocol/rest.ts'

const COMMON: readonly ErrorCode[] = ['invalid', 'unauthorized', 'forbidden', 'overloaded', 'internal']

const TAGS = [
  { name: 'sessions', description: 'Making, listing, reading, keeping and clearing sessions' },
  { name: 'messages', description: 'Sending a message and reading its answer' },
  { name: 'older API', description: 'Routes of an older API, for clients that speak it' },
  { name: 'operations', description: 'For supervisors and monitors; without authentication' },
]
const DEMO_TAG = { name: 'demo', description: 'The stage, where it is on (DEMO=1)' }

const ADMIN_TAG = { name: 'admin', description: 'For operators, where they are let in (ADMIN_TOKEN)' }
const BEARER = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const
const OPERATOR = { type: 'http', scheme: 'bearer' } as const

export type OpenApiSettings = Pick<Settings, 'AUTH' | 'BASE_PATH' | 'DEMO' | 'ADMIN_TOKEN' | 'OPS_PORT'>

/** Collects every route that is registered afterwards, wherever it is mounted. */
export async function collectOpenApi(app: FastifyInstance, settings: OpenApiSettings): Promise<void> {
  const { AUTH, BASE_PATH, DEMO, ADMIN_TOKEN, OPS_PORT } = settings
  const operated = ADMIN_TOKEN.length > 0 && OPS_PORT === undefined
  const toComponents = createJsonSchemaTransformObject({})
  const withDescription: typeof jsonSchemaTransform = (route) => {
    const { schema, url } = jsonSchemaTransform(route)
    return { schema: { ...schema, description: schema.description ?? schema.summary ?? '' }, url }
  }
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baton',
        version: '1',
        description: 'Chat sessions whose answers survive the process that streams them.',
        contact: { name: 'The operator of this gateway' },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: BASE_PATH === '' ? '/' : BASE_PATH }],
      tags: [...TAGS, ...(DEMO ? [DEMO_TAG] : []), ...(operated ? [ADMIN_TAG] : [])],
      security: AUTH === 'jwt' ? [{ bearer: [] }] : [],
      ...((AUTH === 'jwt' || operated) && {
        components: {
          securitySchemes: { ...(AUTH === 'jwt' && { bearer: BEARER }), ...(operated && { operator: OPERATOR }) },
        },
      }),
    },
    transform: withDescription,
    transformObject: (document) => withoutUnused(toComponents(document)),
  })
}

/** Zod's schemas are written down twice, as what is given and as what is taken (`…Input`); one of the two is used, under its own name. */
function withoutUnused<Document extends object>(document: Document): Document {
  const { components, ...rest } = document as { components?: { schemas?: Record<string, object> } }
  const all = components?.schemas ?? {}
  const used = new Map<string, object>()
  const visit = (part: object) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const schema = all[name]
      if (schema === undefined || used.has(name)) continue
      used.set(name, schema)
      visit(schema)
    }
  }
  visit(rest)
  const nameFor = (name: string) => {
    const own = name.replace(/Input$/, '')
    return used.has(own) ? name : own
  }
  const renamed = Object.fromEntries([...used].map(([name, schema]) => [nameFor(name), schema]))
  const text = JSON.stringify({ ...rest, components: { ...components, schemas: renamed } })
  return JSON.parse(
    text.replace(/"#\/components\/schemas\/([^"]+)"/g, (_, name) => `"#/components/schemas/${nameFor(name)}"`),
  )
}

/** What was collected, as `/openapi.json`. */
export function serveOpenApi(app: FastifyInstance): void {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}

/** The errors of a route in the contract's shape, by status: those that any route of the API may give, and `codes`. */
export function errorReplies(...codes: ErrorCode[]) {
  const byStatus = Map.groupBy([...COMMON, ...codes], (code) => new BatonError(code, '').status)
  return Object.fromEntries([...byStatus].map(([status, of]) => [status, described(of.join(', '), errorReply)]))
}

/** A reply as JSON, or as server-sent events where the caller accepts them. */
export function jsonOrEvents<Schema extends z.ZodType>(schema: Schema) {
  return {
    description: 'The whole answer, or its events: delta, last the message',
    content: { 'application/json': { schema }, 'text/event-stream': { schema: z.string() } },
  }
}

function described<Schema>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } }
}
