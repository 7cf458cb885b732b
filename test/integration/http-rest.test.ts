import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ModelError } from '../../src/ports/token-source.ts'
import { eventually } from '../support/conditions.ts'
import { startHttp } from './http-fixture.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

describe('[H] /api/chat/sessions', () => {
  test('a session from its making to its end', async () => {
    const { call } = await startHttp()
    const created = await call('POST', '/api/chat/sessions?user_id=ada')
    expect(created.status).toBe(201)
    expect(created.body).toEqual({ session_id: expect.stringMatching(UUID), created_at: expect.stringMatching(ISO) })
    const { session_id: id, created_at } = created.body

    const answered = await call('POST', `/api/chat/sessions/${id}/messages`, {
      message: 'hello',
      metadata: { from: 'test' },
    })
    expect(answered.status).toBe(200)
    expect(answered.body).toEqual({
      session_id: id,
      user_message: 'hello',
      assistant_response: 'You said: hello',
      sources: [],
      processing_time_ms: expect.any(Number),
      conversation_length: 2,
      session_persisted: false,
      backend: 'memory',
    })

    const history = await call('GET', `/api/chat/sessions/${id}/history`)
    expect(history.body).toEqual({
      session_id: id,
      messages: [
        { role: 'user', content: 'hello', timestamp: expect.stringMatching(ISO), metadata: { from: 'test' } },
        {
          role: 'assistant',
          content: 'You said: hello',
          timestamp: expect.stringMatching(ISO),
          metadata: expect.objectContaining({ finish_reason: 'stop', replicas: ['r1'] }),
        },
      ],
      total_messages: 2,
    })

    const stats = await call('GET', `/api/chat/sessions/${id}`)
    expect(stats.body).toEqual({
      session_id: id,
      user_id: 'ada',
      created_at,
      last_activity: expect.stringMatching(ISO),
      message_count: 2,
      size_bytes: expect.any(Number),
      ttl_seconds: expect.any(Number),
    })
    expect(stats.body.size_bytes).toBeGreaterThan(0)

    expect((await call('GET', '/api/chat/sessions?user_id=ada')).body).toEqual({
      sessions: [{ session_id: id, created_at, last_activity: stats.body.last_activity }],
      total: 1,
    })
    expect((await call('POST', `/api/chat/sessions/${id}/extend`)).body).toEqual({ session_id: id, ttl_seconds: 3600 })

    const cleared = await call('DELETE', `/api/chat/sessions/${id}`)
    expect(cleared).toMatchObject({ status: 200, body: { message: expect.any(String) } })
    expect(await call('GET', `/api/chat/sessions/${id}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'session_not_found', retryable: false } },
    })
    expect((await call('GET', '/api/chat/sessions?user_id=ada')).body).toEqual({ sessions: [], total: 0 })
  })

  test('max_messages gives the last ones', async () => {
    const { call, newSession } = await startHttp()
    const id = await newSession()
    for (const message of ['one', 'two']) await call('POST', `/api/chat/sessions/${id}/messages`, { message })
    const { body } = await call('GET', `/api/chat/sessions/${id}/history?max_messages=3`)
    expect(body.messages.map(({ content }: { content: string }) => content)).toEqual([
      'You said: one',
      'two',
      'You said: two',
    ])
    expect(body.total_messages).toBe(4)
    for (const bad of ['0', '-1', 'x', '1.5', '', '1&max_messages=2']) {
      const refused = await call('GET', `/api/chat/sessions/${id}/history?max_messages=${bad}`)
      expect(refused, bad).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
      expect(refused.body.error.message).toMatch(/^max_messages: /)
    }
  })

  test('every route of a session refuses ids that are none, and ids of no session', async () => {
    const { call } = await startHttp()
    const routes = [
      ['GET', ''],
      ['GET', '/history'],
      ['GET', '/stream'],
      ['POST', '/extend'],
      ['POST', '/messages', { message: 'hello' }],
      ['DELETE', ''],
    ] as const
    for (const [method, path, body] of routes) {
      for (const hostile of [
        'x',
        '%00',
        '..%2f..',
        '{}',
        "'",
        'a'.repeat(5000),
        randomUUID().slice(1),
        '%F0%9F%98%80',
      ]) {
        const refused = await call(method, `/api/chat/sessions/${hostile}${path}`, body)
        expect(refused, `${method} ${hostile}${path}`).toMatchObject({
          status: 400,
          body: { error: { code: 'invalid', message: 'id: must be a UUID', retryable: false } },
        })
      }
      expect(await call(method, `/api/chat/sessions/${randomUUID()}${path}`, body), `${method} ${path}`).toMatchObject({
        status: 404,
        body: { error: { code: 'session_not_found', retryable: false } },
      })
    }
  })

  test('an id in capitals is the same session', async () => {
    const { call, newSession } = await startHttp()
    const id = await newSession()
    expect((await call('GET', `/api/chat/sessions/${id.toUpperCase()}`)).body.session_id).toBe(id)
  })

  test('listing needs a user where nobody is authenticated', async () => {
    const { call } = await startHttp()
    for (const query of ['', '?user_id=', '?user_id=a%7Bb%7D', '?user_id=a&user_id=b', `?user_id=${'x'.repeat(300)}`]) {
      const refused = await call('GET', `/api/chat/sessions${query}`)
      expect(refused, query).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
      expect(refused.body.error.message).toMatch(/^user_id: /)
    }
    expect((await call('POST', '/api/chat/sessions?user_id=')).status).toBe(201)
  })

  test('a body that is not what the route takes names the field', async () => {
    const { call, newSession } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const refused = async (body: unknown) => {
      const { status, body: reply } = await call('POST', path, body)
      expect({ status, code: reply.error.code, retryable: reply.error.retryable }).toEqual({
        status: 400,
        code: 'invalid',
        retryable: false,
      })
      return reply.error.message as string
    }
    expect(await refused({})).toMatch(/^message: /)
    expect(await refused({ message: 7 })).toMatch(/^message: /)
    expect(await refused({ message: ' \n\t ' })).toMatch(/^message: /)
    expect(await refused({ message: 'x', id: 'x' })).toBe('id: must be a UUID')
    expect(await refused({ message: 'x', metadata: 'x' })).toMatch(/^metadata: /)
    expect(await refused({ message: 'x', metadata: { big: 'x'.repeat(9000) } })).toMatch(
      /^metadata: must be at most 8192 bytes/,
    )
    expect(await refused([])).toMatch(/^payload: /)
    expect(await refused('null')).toMatch(/^payload: /)
    expect(await refused('')).toMatch(/^payload: /)
    expect(await refused('{"message":')).toContain('JSON')
    expect(await refused('{"message":"x","metadata":{"__proto__":{"a":1}}}')).toBeTypeOf('string')
  })
})

describe('[H] answers', () => {
  test('[X5] content beyond MAX_CONTENT_BYTES is too_large, by the name of the route’s field', async () => {
    const { call, newSession } = await startHttp({ MAX_CONTENT_BYTES: '10' })
    const id = await newSession()
    const error = { code: 'too_large', message: expect.stringMatching(/^message: /), retryable: false }
    expect(await call('POST', `/api/chat/sessions/${id}/messages`, { message: 'ééééé!' })).toMatchObject({
      status: 413,
      body: { error },
    })
    const question = await call('POST', '/api/send-message', { question: 'ééééé!' })
    expect(question).toMatchObject({ status: 413, body: { error: { message: expect.stringMatching(/^question: /) } } })
  })

  test('[M2] the same id again waits for, and gives, the same answer', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const id = randomUUID()
    const asked = model.next()
    const first = call('POST', path, { message: 'once', id })
    const { say, end } = await asked
    const second = call('POST', path, { message: 'once', id: id.toUpperCase() })
    say('only ')
    say('once')
    end()
    const answers = await Promise.all([first, second])
    for (const { status, body } of answers) {
      expect({ status, answer: body.assistant_response, length: body.conversation_length }).toEqual({
        status: 200,
        answer: 'only once',
        length: 2,
      })
    }
    expect((await call('POST', path, { message: 'once', id })).body).toEqual(answers[0]?.body)
    expect(model.asked).toHaveLength(1)
  })

  test('[M3] one answer at a time', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const asked = model.next()
    const first = call('POST', path, { message: 'first' })
    const { end } = await asked
    const refused = await call('POST', path, { message: 'second' })
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'answer_in_progress', retryable: true } } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    end()
    expect((await first).status).toBe(200)
  })

  test('[D7] an answer goes on when its caller has left', async () => {
    const { url, call, newSession, model } = await startHttp()
    const id = await newSession()
    const leaving = new AbortController()
    const asked = model.next()
    const left = fetch(`${url}/api/chat/sessions/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello' }),
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    const { say, end, signal } = await asked
    say('still ')
    leaving.abort()
    expect(await left).toBe('AbortError')
    say('here')
    end()
    const answer = async () => (await call('GET', `/api/chat/sessions/${id}/history`)).body.messages[1]
    await eventually('the answer has ended', async () => (await answer()).metadata.finish_reason === 'stop')
    expect((await answer()).content).toBe('still here')
    expect(signal.aborted).toBe(false)
  })

  test('[X2] a caller who leaves while its answer is being looked up harms nobody', async () => {
    const { url, call, newSession, store, logged } = await startHttp()
    const id = await newSession()
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const leaving = new AbortController()
    const open = store.open.bind(store)
    const looked = Promise.withResolvers<void>()
    store.open = async (request) => {
      leaving.abort()
      await eventually('the caller has left', () => logged().some(({ cut }) => cut === true))
      looked.resolve()
      return open(request)
    }
    const left = fetch(`${url}/api/chat/sessions/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'hello' }),
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    expect(await left).toBe('AbortError')
    await looked.promise
    expect((await call('GET', '/healthz')).status).toBe(200)
    expect(unhandled).toEqual([])
  })

  test('[F6] an answer that fails is told as its error, again for the same id', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const body = { message: 'hello', id: randomUUID() }
    const asked = model.next()
    const reply = call('POST', path, body)
    ;(await asked).fail(new ModelError('the model is out', { retryable: false }))
    const error = { code: 'llm_failed', message: expect.any(String), retryable: expect.any(Boolean) }
    expect(await reply).toMatchObject({ status: 502, body: { error } })
    expect(await call('POST', path, body)).toMatchObject({ status: 502, body: { error } })
  })

  test('[X5] rate_limited says when to come back', async () => {
    const { call, newSession } = await startHttp({ RATE_LIMIT: '1' })
    const path = `/api/chat/sessions/${await newSession()}/messages`
    expect((await call('POST', path, { message: 'one' })).status).toBe(200)
    const refused = await call('POST', path, { message: 'two' })
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limited', retryable: true, retryAfterMs: expect.any(Number) } },
    })
    const { retryAfterMs } = refused.body.error
    expect(Number(refused.headers.get('retry-after'))).toBe(Math.ceil(retryAfterMs / 1000))
  })

  test('[F5] a server that closes tells who waits to repeat elsewhere, and the answer goes on', async () => {
    const { call, newSession, model, app, store } = await startHttp()
    const id = await newSession()
    const asked = model.next()
    const waiting = call('POST', `/api/chat/sessions/${id}/messages`, { message: 'hello' })
    const { say, end } = await asked
    const closed = app.close()
    expect(await waiting).toMatchObject({ status: 503, body: { error: { code: 'overloaded', retryable: true } } })
    await closed
    say('anyway')
    end()
    await eventually(
      'the answer has ended',
      async () => (await store.read(id, 0))?.messages?.[1]?.status === 'complete',
    )
    expect((await store.read(id, 0))?.messages?.[1]?.content).toBe('anyway')
  })
})

describe('[H] the older API', () => {
  test('create, validate, history, delete', async () => {
    const { call } = await startHttp()
    const created = await call('POST', '/api/session/create')
    expect(created.status).toBe(200)
    expect(created.body).toEqual({ success: true, sessionId: expect.stringMatching(UUID), message: expect.any(String) })
    const id = created.body.sessionId
    expect((await call('GET', `/api/session/${id}/validate`)).body).toEqual({
      success: true,
      valid: true,
      sessionId: id,
    })
    await call('POST', '/api/send-message', { question: 'hello' }, { 'session-id': id })
    expect((await call('GET', `/api/session/${id}/history`)).body).toEqual({
      success: true,
      messages: [
        { type: 'user', content: 'hello', timestamp: expect.stringMatching(ISO) },
        { type: 'assistant', content: 'You said: hello', timestamp: expect.stringMatching(ISO) },
      ],
      sessionId: id,
      createdAt: expect.stringMatching(ISO),
      lastActivity: expect.stringMatching(ISO),
    })
    expect((await call('DELETE', `/api/session/${id}`)).body).toEqual({ success: true, message: expect.any(String) })
    expect((await call('DELETE', `/api/session/${id}`)).status).toBe(404)
    expect((await call('GET', `/api/session/${id}/history`)).status).toBe(404)
    expect(await call('GET', '/api/session/x/history')).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid' } },
    })
  })

  test('what is no session is not valid', async () => {
    const { call } = await startHttp()
    for (const id of [randomUUID(), 'x', 'a'.repeat(3000), '{}']) {
      const { status, body } = await call('GET', `/api/session/${encodeURIComponent(id)}/validate`)
      expect({ status, body }).toEqual({ status: 200, body: { success: true, valid: false, sessionId: id } })
    }
  })

  test('send-message goes on in its session, and a missing or dead one gets a new one', async () => {
    const { call, model } = await startHttp()
    const first = await call('POST', '/api/send-message', { question: 'one' })
    expect(first).toMatchObject({ status: 200, body: { success: true, reply: 'You said: one' } })
    const id = first.body.sessionID
    expect(id).toMatch(UUID)
    const second = await call('POST', '/api/send-message', { question: 'two' }, { 'session-id': id })
    expect(second.body).toEqual({ success: true, reply: 'You said: two', sessionID: id })
    expect(model.asked.at(-1)?.request.turns.map(({ content }) => content)).toContain('You said: one')
    for (const dead of [randomUUID(), 'garbage', '']) {
      const { status, body } = await call('POST', '/api/send-message', { question: 'new' }, { 'session-id': dead })
      expect(status).toBe(200)
      expect(body.sessionID).toMatch(UUID)
      expect(body.sessionID).not.toBe(id)
      expect(body.sessionID).not.toBe(dead)
    }
    for (const body of [{}, { question: 7 }, { question: '  ' }]) {
      const refused = await call('POST', '/api/send-message', body)
      expect(refused).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/^question: /) } } })
    }
  })
})
