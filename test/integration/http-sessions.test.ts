import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
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
      finish_reason: 'stop',
      status: 'complete',
      conversation_length: 2,
      session_persisted: false,
      backend: 'memory',
    })

    const history = await call('GET', `/api/chat/sessions/${id}/history`)
    expect(history.body).toEqual({
      session_id: id,
      messages: [
        {
          id: expect.stringMatching(UUID),
          seq: 1,
          attempt: 1,
          status: 'complete',
          role: 'user',
          content: 'hello',
          timestamp: expect.stringMatching(ISO),
          metadata: { from: 'test' },
        },
        {
          id: expect.stringMatching(UUID),
          seq: 2,
          attempt: 1,
          status: 'complete',
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
    const seqs = async (query: string) => {
      const page = (await call('GET', `/api/chat/sessions/${id}/history?${query}`)).body
      return page.messages.map(({ seq }: { seq: number }) => seq)
    }
    expect(await seqs('before=3')).toEqual([1, 2])
    expect(await seqs('before=4&max_messages=2')).toEqual([2, 3])
    expect(await seqs('before=1')).toEqual([])
    for (const bad of ['0', '-1', 'x', '1.5', '', '1&max_messages=2']) {
      const refused = await call('GET', `/api/chat/sessions/${id}/history?max_messages=${bad}`)
      expect(refused, bad).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
      expect(refused.body.error.message).toMatch(/^max_messages: /)
    }
  })

  test('a running answer is in the history with its text so far', async () => {
    const { call, newSession, model } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}`
    const asked = model.next()
    const answered = call('POST', `${path}/messages`, { message: 'hello' })
    const { say, end } = await asked
    say('so far')
    await eventually('the text is in the history', async () => {
      const { messages } = (await call('GET', `${path}/history?max_messages=1`)).body
      return messages.length === 1 && messages[0].status === 'streaming' && messages[0].content === 'so far'
    })
    end()
    await answered
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

  test('[X7] a message cannot take the id of an answer', async () => {
    const { call, newSession } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}`
    await call('POST', `${path}/messages`, { message: 'one' })
    const { body: before } = await call('GET', `${path}/history`)
    const refused = await call('POST', `${path}/messages`, { message: 'two', id: before.messages[1].id })
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid', retryable: false } } })
    expect(refused.body.error.message).toMatch(/^id: /)
    expect((await call('GET', `${path}/history`)).body).toEqual(before)
  })

  test('[S6] the list comes in pages', async () => {
    const { call, store } = await startHttp()
    const created = Array.from({ length: 5 }, (_, i) => `2026-02-01T00:00:0${i}.000Z`)
    for (const createdAt of created) await store.create({ id: randomUUID(), userId: 'ann', createdAt }, null)
    const list = async (query: string) => (await call('GET', `/api/chat/sessions?user_id=ann&${query}`)).body
    const times = async (query: string) => {
      const { sessions, total } = await list(query)
      expect(total).toBe(5)
      return sessions.map((session: { last_activity: string }) => session.last_activity)
    }
    expect(await times('')).toEqual(created.toReversed())
    expect(await times('limit=2')).toEqual([created[4], created[3]])
    expect(await times(`limit=2&before=${created[3]}`)).toEqual([created[2], created[1]])
    expect(await times(`before=${created[0]}`)).toEqual([])
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['before=yesterday', 'before'],
      ['before=7', 'before'],
      [`before=${created[0]}&before=${created[1]}`, 'before'],
    ] as const) {
      const refused = await call('GET', `/api/chat/sessions?user_id=ann&${query}`)
      expect(refused, query).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
      expect(refused.body.error.message, query).toMatch(new RegExp(`^${field}: `))
    }
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
      /^metadata: must be JSON of at most 8192 bytes/,
    )
    expect(await refused([])).toMatch(/^payload: /)
    expect(await refused('null')).toMatch(/^payload: /)
    expect(await refused('')).toMatch(/^payload: /)
    expect(await refused('{"message":')).toContain('JSON')
    for (const metadata of ['{"__proto__":{"a":1}}', '{"constructor":{"prototype":1}}']) {
      const forbiddenKey = 'body: must not have the key "__proto__", nor "prototype" in "constructor"'
      expect(await refused(`{"message":"x","metadata":${metadata}}`)).toBe(forbiddenKey)
    }
  })
})
