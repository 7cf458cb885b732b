import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bearer, SECRET, startHttp } from './http-fixture.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

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

  test('[X6] a question that is not taken costs its user no session', async () => {
    const { call } = await startHttp({
      AUTH: 'jwt',
      JWT_SECRET: SECRET,
      RATE_LIMIT: '1',
      MAX_SESSIONS_PER_USER: '2',
      MAX_CONTENT_BYTES: '100',
    })
    const ada = await bearer('ada')
    const ask = (question: string, id = '') =>
      call('POST', '/api/send-message', { question }, { ...ada, 'session-id': id })
    const ids = async () => {
      const { body } = await call('GET', '/api/chat/sessions', undefined, ada)
      return body.sessions.map((one: { session_id: string }) => one.session_id)
    }
    const real = (await ask('my real talk')).body.sessionID
    for (let times = 0; times < 2; times++) {
      for (const id of ['', randomUUID()])
        expect(await ask('hello?', id)).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } })
      expect(await ids()).toEqual([real])
    }
    const second = (await call('POST', '/api/chat/sessions', undefined, ada)).body.session_id
    for (let times = 0; times < 2; times++) {
      for (const [question, code] of [
        ['  ', 'invalid'],
        ['x'.repeat(101), 'too_large'],
      ] as const)
        expect((await ask(question)).body.error).toMatchObject({ code, message: expect.stringMatching(/^question: /) })
    }
    expect(new Set(await ids())).toEqual(new Set([real, second]))
  })

  test('[X6] one that is refused at the bound drives out none, and one that is taken does', async () => {
    const { call } = await startHttp({ AUTH: 'jwt', JWT_SECRET: SECRET, RATE_LIMIT: '2', MAX_SESSIONS_PER_USER: '2' })
    const ada = await bearer('ada')
    const ask = () => call('POST', '/api/send-message', { question: 'hello?' }, ada)
    const ids = async () => {
      const { body } = await call('GET', '/api/chat/sessions', undefined, ada)
      return new Set(body.sessions.map((one: { session_id: string }) => one.session_id))
    }
    const first = (await call('POST', '/api/chat/sessions', undefined, ada)).body.session_id
    const second = (await ask()).body.sessionID
    expect(await ids()).toEqual(new Set([first, second]))
    const third = (await ask()).body.sessionID
    expect(await ids()).toEqual(new Set([second, third]))
    expect(await ask()).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } })
    expect(await ids()).toEqual(new Set([second, third]))
  })
})
