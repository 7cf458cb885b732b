import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createOperatorServer } from '../../src/http/server.ts'
import { eventually } from '../support/conditions.ts'
import { EventReader } from './http-events.ts'
import { bearer, type Called, SECRET, startHttp } from './http-fixture.ts'

const startWithTokens = () => startHttp({ AUTH: 'jwt', JWT_SECRET: SECRET })

function expectError({ status, body }: Called, expected: { status: number; code: string }): void {
  expect({ status, code: body.error?.code }).toEqual(expected)
  expect(Object.keys(body)).toEqual(['error'])
}

describe('[X3] AUTH=jwt', () => {
  test('no route of the API answers without a token; health and metrics do', async () => {
    const { call, app } = await startWithTokens()
    const { paths } = app.swagger() as { paths: Record<string, Record<string, unknown>> }
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const called = await call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, randomUUID()))
        if (path.startsWith('/api/')) {
          expectError(called, { status: 401, code: 'unauthorized' })
          expect(called.headers.get('www-authenticate')).toBe('Bearer')
        } else {
          expect(called.status, path).toBe(200)
        }
      }
    }
  })

  test('a bad token is unauthorized whatever its shape', async () => {
    const { call } = await startWithTokens()
    const expired = await bearer('ada', -60)
    for (const authorization of ['Bearer', 'Bearer  ', 'Bearer x', 'Basic YTpi', 'x', expired.authorization]) {
      expectError(await call('POST', '/api/chat/sessions', undefined, { authorization }), {
        status: 401,
        code: 'unauthorized',
      })
    }
  })

  test('a session belongs to its user; for others it does not exist', async () => {
    const { call, url } = await startWithTokens()
    const ada = await bearer('ada')
    const eve = await bearer('eve')
    const { session_id: id } = (await call('POST', '/api/chat/sessions', undefined, ada)).body
    const path = `/api/chat/sessions/${id}`
    expect((await call('GET', path, undefined, ada)).body.user_id).toBe('ada')
    expect((await call('POST', `${path}/messages`, { message: 'hello' }, ada)).status).toBe(200)

    const missing = { status: 404, code: 'session_not_found' }
    expectError(await call('GET', path, undefined, eve), missing)
    expectError(await call('GET', `${path}/history`, undefined, eve), missing)
    expectError(await call('GET', `${path}/stream`, undefined, eve), missing)
    expectError(await call('POST', `${path}/extend`, undefined, eve), missing)
    expectError(await call('POST', `${path}/messages`, { message: 'hello' }, eve), missing)
    const { messages } = (await call('GET', `${path}/history`, undefined, ada)).body
    for (const verb of ['stop', 'regenerate']) {
      expectError(await call('POST', `${path}/messages/${messages[1].id}/${verb}`, undefined, eve), missing)
    }
    expectError(await call('DELETE', path, undefined, eve), missing)
    expectError(await call('GET', `/api/session/${id}/history`, undefined, eve), missing)
    expectError(await call('DELETE', `/api/session/${id}`, undefined, eve), missing)
    expectError(await call('POST', '/api/send-message', { question: 'x' }, { ...eve, 'session-id': id }), missing)
    expect((await call('GET', `/api/session/${id}/validate`, undefined, eve)).body.valid).toBe(false)
    expect((await call('GET', `/api/session/${id}/validate`, undefined, ada)).body.valid).toBe(true)

    const response = await fetch(`${url}${path}/messages`, {
      method: 'POST',
      headers: { ...ada, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'streamed' }),
    })
    expect((await new EventReader(response).rest()).at(-1)?.data.message.content).toBe('You said: streamed')
  })

  test('a user_id other than sub is forbidden; listing defaults to sub', async () => {
    const { call } = await startWithTokens()
    const ada = await bearer('ada')
    const forbidden = { status: 403, code: 'forbidden' }
    expectError(await call('POST', '/api/chat/sessions?user_id=eve', undefined, ada), forbidden)
    expectError(await call('GET', '/api/chat/sessions?user_id=eve', undefined, ada), forbidden)
    const { session_id } = (await call('POST', '/api/chat/sessions?user_id=ada', undefined, ada)).body
    for (const query of ['', '?user_id=ada', '?user_id=']) {
      const { body } = await call('GET', `/api/chat/sessions${query}`, undefined, ada)
      expect(body).toMatchObject({ sessions: [{ session_id }], total: 1 })
    }
    expect((await call('GET', '/api/chat/sessions', undefined, await bearer('eve'))).body.total).toBe(0)
  })

  test('a token that expires ends its event streams and waiting requests, and not the answer', async () => {
    const { call, url, model } = await startWithTokens()
    const ada = await bearer('ada')
    const { session_id: id } = (await call('POST', '/api/chat/sessions', undefined, ada)).body
    const path = `/api/chat/sessions/${id}`
    const asked = model.next()
    const brief = await bearer('ada', 2)
    const waiting = call('POST', `${path}/messages`, { message: 'hello' }, brief)
    const { say, end } = await asked
    say('Still ')
    const stream = new EventReader(await fetch(`${url}${path}/stream`, { headers: brief }))
    expectError(await waiting, { status: 401, code: 'unauthorized' })
    expect((await stream.rest()).map(({ event }) => event)).not.toContain('message')
    const again = new EventReader(await fetch(`${url}${path}/stream`, { headers: ada }))
    say('here')
    end()
    expect((await again.rest()).at(-1)?.data.message).toMatchObject({ content: 'Still here', status: 'complete' })
  })

  test('a history that has waited for its turn until the token had ended is not given', async () => {
    const { call, model } = await startWithTokens()
    const ada = await bearer('ada')
    const { session_id: id } = (await call('POST', '/api/chat/sessions', undefined, ada)).body
    const path = `/api/chat/sessions/${id}`
    const asked = model.next()
    const answered = call('POST', `${path}/messages`, { message: 'hello' }, ada)
    const { say, end } = await asked
    say('long '.repeat(180_000))
    end()
    await answered
    await call('GET', `${path}/history`, undefined, ada) // who was given a large reply waits for the next
    const brief = await bearer('ada', 2)
    const asking = Array.from({ length: 32 }, () => call('GET', `${path}/history`, undefined, brief))
    const statuses = (await Promise.all(asking)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200, 401]))
  })

  test('what is asked for by a body that took longer than the token lasted is not done', async () => {
    const { call, url } = await startWithTokens()
    const ada = await bearer('ada')
    const { session_id: id } = (await call('POST', '/api/chat/sessions', undefined, ada)).body
    const path = `/api/chat/sessions/${id}`
    const body = JSON.stringify({ message: 'too late' })
    const headers = { ...(await bearer('ada', 2)), 'content-type': 'application/json', 'content-length': body.length }
    const end = (Math.floor(Date.now() / 1000) + 2) * 1000
    const slow = request(`${url}${path}/messages`, { method: 'POST', headers })
    const answered = once(slow, 'response') as Promise<[IncomingMessage]>
    slow.write(body.slice(0, 5))
    await eventually('the token has ended', () => Date.now() > end)
    slow.end(body.slice(5))
    const [response] = await answered
    response.resume()
    expect(response.statusCode).toBe(401)
    expect((await call('GET', path, undefined, ada)).body.message_count).toBe(0)
  })

  test('neither tokens nor contents nor the ids of sessions are logged', async () => {
    const { call, logged } = await startWithTokens()
    const ada = await bearer('ada')
    const { session_id: id } = (await call('POST', '/api/chat/sessions', undefined, ada)).body
    await call('POST', `/api/chat/sessions/${id}/messages?token=in-the-query`, { message: 'confidential' }, ada)
    await call('GET', `/api/chat/sessions/${id}`, undefined, { authorization: 'Bearer wrong' })
    const log = JSON.stringify(logged())
    for (const secret of [ada.authorization.slice(7), 'confidential', 'wrong', 'in-the-query', SECRET, id]) {
      expect(log).not.toContain(secret)
    }
    const digest = createHash('sha256').update(id).digest('hex').slice(0, 12)
    expect(logged()).toContainEqual(
      expect.objectContaining({
        route: '/api/chat/sessions/:id/messages',
        session: digest,
        status: 200,
        replica: 'r1',
      }),
    )
  })
})

describe('[X3] AUTH=none', () => {
  const forbidden = { status: 403, code: 'forbidden' }

  test('nobody finds sessions by a user id where user ids are not trusted; one may be named', async () => {
    for (const env of [{ HOST: '0.0.0.0' }, { TRUST_USER_ID: '0' }]) {
      const { call, engine } = await startHttp(env)
      const { session_id: id } = (await call('POST', '/api/chat/sessions?user_id=ann')).body
      expect((await call('GET', `/api/chat/sessions/${id}`)).body.user_id).toBe('ann')
      expectError(await call('GET', '/api/chat/sessions?user_id=ann'), forbidden)
      expectError(await call('GET', '/api/chat/sessions'), forbidden)
      const anybody = { user: null, clientAddress: 'x' }
      const latest = engine.api.open(anybody, { userId: 'ann', resume: 'latest' }, null)
      await expect(latest).rejects.toMatchObject({ code: 'forbidden' })
      const named = await engine.api.open(anybody, { userId: 'ann' }, null)
      expect(named).toMatchObject({ resumed: false, session: { userId: 'ann' } })
    }
  })

  test('where they are trusted, they find what was opened with them', async () => {
    const { call } = await startHttp({ HOST: '0.0.0.0', TRUST_USER_ID: '1' })
    const { session_id } = (await call('POST', '/api/chat/sessions?user_id=ann')).body
    expect((await call('GET', '/api/chat/sessions?user_id=ann')).body).toMatchObject({ sessions: [{ session_id }] })
  })

  test('a session that was planted under a user id is not found once user ids are trusted', async () => {
    const { call, store } = await startHttp({ TRUST_USER_ID: '0' })
    await call('POST', '/api/chat/sessions?user_id=ann')
    expect(await store.sessionsOf('ann', { before: null, limit: 10 })).toEqual({ sessions: [], total: 0 })
  })
})

test('no answer of the API is for caches or for guesses at its type', async () => {
  const { call, newSession } = await startHttp()
  const path = `/api/chat/sessions/${await newSession()}`
  for (const [method, route] of [
    ['GET', path],
    ['POST', '/api/chat/sessions'],
    ['GET', `/api/chat/sessions/${randomUUID()}`],
    ['GET', `${path}/stream`],
    ['GET', '/nowhere'],
    ['PUT', path],
    ['GET', '/healthz'],
  ] as const) {
    const { headers } = await call(method, route)
    expect(headers.get('cache-control'), route).toBe('no-store')
    expect(headers.get('x-content-type-options'), route).toBe('nosniff')
  }
})

test('nor is any on OPS_PORT, nor what is refused before it has a route', async () => {
  const operators = await startHttp({ OPS_PORT: '0' }, { create: createOperatorServer })
  const clients = await startHttp({ OPS_PORT: '0' })
  const expected = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  for (const { call, url } of [operators, clients]) {
    const asked = request(`${url}/healthz`, { setHost: false }).end()
    const [nameless]: IncomingMessage[] = await once(asked, 'response')
    nameless?.resume()
    expect(nameless).toMatchObject({ statusCode: 400, headers: expected })
    for (const [method, route, status] of [
      ['GET', '/healthz', 200],
      ['GET', '/metrics', url === clients.url ? 404 : 200],
      ['PUT', '/healthz', 405],
      ['GET', '/nowhere', 404],
      ['GET', '/%zz', 400],
    ] as const) {
      const called = await call(method, route)
      expect({ status: called.status, headers: Object.fromEntries(called.headers) }, route).toMatchObject({
        status,
        headers: expected,
      })
    }
  }
})

describe('[X4] ALLOWED_ORIGINS', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }

  test('only an allowed origin is told that it may read', async () => {
    const { call } = await startHttp({ ALLOWED_ORIGINS: 'https://a.example,https://b.example' })
    const allowed = await call('POST', '/api/chat/sessions', undefined, { origin: 'https://b.example' })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://b.example')
    expect(allowed.headers.get('vary')).toContain('Origin')
    const before = await call('OPTIONS', '/api/chat/sessions', undefined, { origin: 'https://b.example', ...preflight })
    expect(before.status).toBe(204)
    expect(before.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(before.headers.get('access-control-allow-headers')).toContain('authorization')
    for (const origin of ['https://evil.example', 'http://a.example', 'null']) {
      for (const [method, headers] of [
        ['GET', { origin }],
        ['OPTIONS', { origin, ...preflight }],
      ] as const) {
        const evil = await call(method, '/healthz', undefined, headers)
        expect(evil.headers.get('access-control-allow-origin'), `${method} ${origin}`).toBeNull()
      }
    }
  })

  test('the preflight of another origin is told why it is refused, as the request itself would be', async () => {
    const { call } = await startHttp({ ALLOWED_ORIGINS: 'https://good.example' })
    const asks = (method: string, origin: string) =>
      call(method, '/api/chat/sessions', undefined, { origin, ...preflight })
    for (const origin of ['https://evil.example', 'null']) {
      const refused = await asks('OPTIONS', origin)
      expectError(refused, { status: 403, code: 'forbidden' })
      expect(refused.body).toEqual((await asks('POST', origin)).body)
      expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    }
    expect((await asks('OPTIONS', 'https://good.example')).status).toBe(204)
  })

  test('nothing is made or read for a page of another origin', async () => {
    const { call, store, model } = await startHttp({ ALLOWED_ORIGINS: 'https://good.example' })
    const { session_id: id } = (await call('POST', '/api/chat/sessions?user_id=ann')).body
    const path = `/api/chat/sessions/${id}`
    const before = store.peek(id)
    for (const [method, route, body] of [
      ['POST', '/api/chat/sessions?user_id=ann', undefined],
      ['POST', '/api/session/create', undefined],
      ['POST', '/api/send-message', { question: 'x' }],
      ['POST', `${path}/messages`, { message: 'x' }],
      ['POST', `${path}/extend`, undefined],
      ['DELETE', path, undefined],
      ['DELETE', `/api/session/${id}`, undefined],
      ['GET', `${path}/stream`, undefined],
      ['GET', `${path}/history`, undefined],
    ] as const) {
      const refused = await call(method, route, body, { origin: 'https://evil.example' })
      expectError(refused, { status: 403, code: 'forbidden' })
    }
    expect(store.peek(id)?.messages).toEqual(before?.messages)
    expect((await call('GET', '/api/chat/sessions?user_id=ann')).body.total).toBe(1)
    expect(model.asked).toEqual([])
    expect((await call('DELETE', path, undefined, { origin: 'https://good.example' })).status).toBe(200)
  })

  test('* tells any, also on errors and event streams', async () => {
    const { call, url, newSession } = await startHttp()
    const origin = 'https://any.example'
    const missing = await call('GET', `/api/chat/sessions/${randomUUID()}`, undefined, { origin })
    expect(missing).toMatchObject({ status: 404 })
    expect(missing.headers.get('access-control-allow-origin')).toBe('*')
    const response = await fetch(`${url}/api/chat/sessions/${await newSession()}/messages`, {
      method: 'POST',
      headers: { origin, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello' }),
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    await new EventReader(response).rest()
  })
})

test('[X5] each address behind a trusted proxy has its own allowance, whatever it claims', async () => {
  const { call, newSession, url } = await startHttp({ RATE_LIMIT: '1' })
  const from = async (forwardedFor: string) => {
    const path = `/api/chat/sessions/${await newSession()}/messages`
    return (await call('POST', path, { message: 'hello' }, { 'x-forwarded-for': forwardedFor })).status
  }
  expect(await from('203.0.113.1')).toBe(200)
  expect(await from('203.0.113.1')).toBe(429)
  expect(await from('6.6.6.6, 203.0.113.1')).toBe(429)
  expect(await from('203.0.113.2')).toBe(200)
  expect(new URL(url).hostname).toBe('127.0.0.1')
})

test('[X5] sessions made over HTTP count as connections of their address, by whatever route', async () => {
  const { call } = await startHttp({ CONNECT_LIMIT: '4' })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const limited = { status: 429, code: 'rate_limited' }
  const made = await call('POST', '/api/chat/sessions', undefined, from('2001:db8::1'))
  expect(made.status).toBe(201)
  expect((await call('POST', '/api/session/create', undefined, from('2001:db8::2'))).status).toBe(200)
  const ask = (id: string, address: string) =>
    call('POST', '/api/send-message', { question: 'hello' }, { ...from(address), 'session-id': id })
  for (let i = 0; i < 3; i++) expect((await ask(made.body.session_id, '2001:db8::3')).status).toBe(200)
  for (const id of [randomUUID(), 'none']) expect((await ask(id, '2001:db8::4')).status).toBe(200)
  expectError(await ask(randomUUID(), '2001:db8::5'), limited)
  expectError(await call('POST', '/api/session/create', undefined, from('2001:db8::6')), limited)
  const refused = await call('POST', '/api/chat/sessions', undefined, from('2001:db8::7'))
  expectError(refused, limited)
  expect(refused.body.error.retryAfterMs).toBeGreaterThan(0)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await call('POST', '/api/chat/sessions', undefined, from('2001:db8:0:1::1'))).status).toBe(201)
})

test('a day’s tokens bound new answers: overloaded until the UTC day ends, a repeat is answered, and it is counted', async () => {
  const { call, newSession, model } = await startHttp({ DAILY_TOKEN_LIMIT: '10' })
  model.reply = () => 'word '.repeat(100)
  const path = `/api/chat/sessions/${await newSession()}`
  const first = { message: 'hello', id: randomUUID() }
  expect((await call('POST', `${path}/messages`, first)).status).toBe(200)
  const refused = await call('POST', `${path}/messages`, { message: 'more' })
  expectError(refused, { status: 503, code: 'overloaded' })
  expect(refused.body.error.retryable).toBe(true)
  const midnight = Date.parse(new Date().toISOString().slice(0, 10)) + 86_400_000
  expect(Date.now() + refused.body.error.retryAfterMs).toBeLessThanOrEqual(midnight + 1000)
  expect(refused.body.error.retryAfterMs).toBeGreaterThan(0)
  expect((await call('POST', `${path}/messages`, first)).status).toBe(200)
  expect(model.asked).toHaveLength(1)
  expect((await call('GET', '/metrics')).body).toMatch(/^baton_over_budget_total\{.*\} 2$/m)
})

test('[X2] what is not HTTP is answered and closed', async () => {
  const { url } = await startHttp()
  const { hostname, port } = new URL(url)
  const answerTo = (raw: Record<string, string>) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = request({ hostname, port, path: '/healthz', headers: raw, agent: false }, async (response) => {
        resolve({ status: response.statusCode, body: (await response.toArray()).join('') })
      })
      sent.on('error', reject).end()
    })
  expect(await answerTo({ cookie: 'x'.repeat(16 * 1024) })).toMatchObject({ status: 200 })
  const { status, body } = await answerTo({ cookie: 'x'.repeat(128 * 1024) })
  expect(status).toBe(413)
  expect(JSON.parse(body)).toEqual({
    error: { code: 'too_large', message: 'headers: are too large', retryable: false },
  })
})
