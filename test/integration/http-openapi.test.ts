import { describe, expect, test } from 'vitest'
import { startHttp } from './http-fixture.ts'

/** Every route that is served. */
const ROUTES = [
  'POST /api/chat/sessions',
  'GET /api/chat/sessions',
  'GET /api/chat/sessions/{id}',
  'DELETE /api/chat/sessions/{id}',
  'GET /api/chat/sessions/{id}/history',
  'POST /api/chat/sessions/{id}/messages',
  'POST /api/chat/sessions/{id}/messages/{messageId}/stop',
  'POST /api/chat/sessions/{id}/messages/{messageId}/regenerate',
  'GET /api/chat/sessions/{id}/stream',
  'POST /api/chat/sessions/{id}/extend',
  'POST /api/session/create',
  'GET /api/session/{id}/history',
  'GET /api/session/{id}/validate',
  'DELETE /api/session/{id}',
  'POST /api/send-message',
  'GET /healthz',
  'GET /readyz',
  'GET /version',
  'GET /metrics',
]

describe('[H] /openapi.json', () => {
  test('has every route with its errors, and no dangling reference', async () => {
    const { call } = await startHttp()
    const { status, body: document } = await call('GET', '/openapi.json')
    expect(status).toBe(200)
    expect(document.openapi).toMatch(/^3\.1\./)
    const routes = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(routes.sort()).toEqual([...ROUTES].sort())

    for (const route of ROUTES.filter((route) => route.includes('/api/'))) {
      const [method = '', path = ''] = route.split(' ')
      const { responses, summary } = document.paths[path][method.toLowerCase()]
      expect(summary, route).toBeTypeOf('string')
      for (const status of ['400', '401', '403', '500', '503']) {
        expect(responses[status]?.content['application/json'].schema, `${route} ${status}`).toEqual({
          $ref: '#/components/schemas/Error',
        })
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(0)
    const named = new Set(references.map(([, name = '']) => name))
    expect([...named].sort(), 'each that is named is there, and no other').toEqual(
      Object.keys(document.components.schemas).sort(),
    )
  })

  test('names every operation once, its tag, and what it takes to be let in', async () => {
    for (const [env, needed] of [
      [{}, []],
      [{ AUTH: 'jwt', JWT_SECRET: 's'.repeat(32) }, [{ bearer: [] }]],
    ] as const) {
      const { call } = await startHttp({ DEMO: '1', ...env })
      const { body: document } = await call('GET', '/openapi.json')
      const tags = document.tags.map(({ name }: { name: string }) => name)
      const ids = new Set<string>()
      for (const [path, methods] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
        for (const operation of Object.values(methods)) {
          expect(operation.operationId, path).toBeTypeOf('string')
          expect(operation.description, path).toMatch(/\S/)
          expect(ids).not.toContain(operation.operationId)
          ids.add(String(operation.operationId))
          expect(tags, path).toEqual(expect.arrayContaining(operation.tags as string[]))
          expect(operation.security ?? document.security, path).toEqual(
            String(operation.tags) === 'operations' ? [] : needed,
          )
        }
      }
    }
  })

  test('says what a message takes and gives', async () => {
    const { call } = await startHttp()
    const { body: document } = await call('GET', '/openapi.json')
    const { requestBody, responses } = document.paths['/api/chat/sessions/{id}/messages'].post
    const { $ref } = requestBody.content['application/json'].schema
    const schema = document.components.schemas[$ref.split('/').at(-1)]
    expect(schema).toMatchObject({
      type: 'object',
      properties: {
        message: { type: 'string', minLength: 1, pattern: '\\S' },
        id: { type: 'string', format: 'uuid' },
        metadata: { type: 'object' },
      },
      required: ['message'],
    })
    expect(Object.keys(responses['200'].content)).toEqual(['application/json', 'text/event-stream'])
    expect(document.paths['/api/chat/sessions/{id}/stream'].get.responses).toHaveProperty('204')
  })
})
