import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DONE, event, json, RawProvider, type RawRequest, RawTalk, STOP, say, stream } from '../support/raw-provider.ts'

let talk: RawTalk
beforeEach(async () => {
  talk = await RawTalk.start()
})
afterEach(() => talk.close())

async function requestWith(env: Record<string, string>, more: object = {}): Promise<RawRequest> {
  await talk.use(env)
  await talk.ask(stream(say('Hello'), STOP, DONE), more)
  const request = talk.provider.requests.at(-1)
  if (request === undefined) throw new Error('nothing was asked')
  return request
}

describe('[R6] the request can be fitted', () => {
  test('by default it is the plain one', async () => {
    expect((await requestWith({ LLM_MODEL: 'm' })).body).toEqual({
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'hi' }],
    })
  })

  test('LLM_STREAM_USAGE=off asks for no usage', async () => {
    expect((await requestWith({ LLM_STREAM_USAGE: 'off' })).body).not.toHaveProperty('stream_options')
  })

  test('LLM_HEADERS go along, in place of those of that name', async () => {
    const { headers } = await requestWith({ LLM_HEADERS: '{"X-Portkey-Provider": "a", "Authorization": "Basic b"}' })
    expect(headers).toMatchObject({ 'x-portkey-provider': 'a', authorization: 'Basic b' })
  })

  test("OPENAI_ORG_ID and OPENAI_PROJECT_ID go along as OpenAI's own client sends them, where they are set", async () => {
    const { headers } = await requestWith({ OPENAI_ORG_ID: 'org-1', OPENAI_PROJECT_ID: 'proj_1' })
    expect(headers).toMatchObject({ 'openai-organization': 'org-1', 'openai-project': 'proj_1' })
    expect(Object.keys((await requestWith({})).headers).join()).not.toContain('openai')
  })

  test('no key is sent where there is none', async () => {
    const keyless = await new RawProvider().listen()
    const { OPENAI_API_KEY: _, ...env } = { OPENAI_API_KEY: '', OPENAI_BASE_URL: `${keyless.origin}/v1` }
    const other = new RawTalk(keyless, { ...env, OPENAI_API_KEY: '' })
    await other.ask(stream(say('Hello'), STOP, DONE))
    expect(keyless.requests[0]?.headers).not.toHaveProperty('authorization')
    await other.source.close()
    await keyless.close()
  })

  test('LLM_EXTRA_BODY adds and replaces, but for what the answer could not be read without', async () => {
    const extra = {
      temperature: 0,
      model: 'other',
      stream_options: { include_usage: false },
      stream: false,
      messages: [],
      user: 'x',
    }
    const { body } = await requestWith({ LLM_EXTRA_BODY: JSON.stringify(extra) })
    expect(body).toEqual({ ...extra, stream: true, messages: [{ role: 'user', content: 'hi' }] })
  })

  test('null in LLM_EXTRA_BODY leaves a field out', async () => {
    const extra = { stream_options: null, max_tokens: null, user: null, seed: null, stop: [null], stream: null }
    const env = { LLM_EXTRA_BODY: JSON.stringify(extra), LLM_MAX_TOKENS: '9', LLM_IDENTITY: 'on', LLM_MODEL: 'm' }
    const { body } = await requestWith(env, { userId: 'u' })
    expect(body).toEqual({ model: 'm', stop: [null], messages: [{ role: 'user', content: 'hi' }], stream: true })
  })

  test('a query in OPENAI_BASE_URL is kept', async () => {
    const base = `${talk.provider.origin}/openai/deployments/d/?api-version=2024-10-21`
    expect((await requestWith({ OPENAI_BASE_URL: base })).path).toBe(
      '/openai/deployments/d/chat/completions?api-version=2024-10-21',
    )
  })

  test('LLM_IDENTITY=on says who asks', async () => {
    const who = { sessionId: 's-1', messageId: 'm-1', userId: 'Jörg 100%' }
    const { headers, body } = await requestWith({ LLM_IDENTITY: 'on' }, who)
    expect(headers).toMatchObject({
      'x-baton-session': 's-1',
      'x-baton-message': 'm-1',
      'x-baton-user': 'J%C3%B6rg%20100%25',
    })
    expect(body.user).toBe('Jörg 100%')
    const nobody = await requestWith({ LLM_IDENTITY: 'on' })
    expect(nobody.headers).not.toHaveProperty('x-baton-user')
    expect(nobody.body).not.toHaveProperty('user')
    const long = await requestWith({ LLM_IDENTITY: 'on' }, { ...who, userId: 'u'.repeat(65) })
    expect(long.headers['x-baton-user']).toBe('u'.repeat(65))
    expect(long.body).not.toHaveProperty('user')
    const silent = await requestWith({}, who)
    expect(JSON.stringify([silent.headers, silent.body])).not.toMatch(/s-1|m-1|rg 100/)
  })

  const stored = { resume: { text: 'x'.repeat(400), bookmark: null } }
  test.each([
    [{ LLM_MAX_TOKENS: '300' }, {}, { max_tokens: 300 }],
    [{ LLM_MAX_TOKENS: '300' }, stored, { max_tokens: 200 }],
    [{ LLM_MAX_TOKENS: '50' }, stored, { max_tokens: 1 }],
    [{ LLM_MAX_TOKENS: '300', LLM_API: 'responses', LLM_RESUME: 'continue' }, stored, { max_output_tokens: 200 }],
    [{ LLM_MAX_TOKENS: '50', LLM_API: 'responses', LLM_RESUME: 'continue' }, stored, { max_output_tokens: 16 }],
    [{ LLM_MAX_TOKENS: '300', LLM_EXTRA_BODY: '{"max_completion_tokens": 9}' }, {}, { max_completion_tokens: 9 }],
    [{ LLM_MAX_TOKENS: '0' }, {}, {}],
  ])('LLM_MAX_TOKENS is of the whole answer: %j', async (env, more, expected) => {
    const { body } = await requestWith(env as Record<string, string>, more)
    expect(Object.entries(body).filter(([name]) => name.startsWith('max_'))).toEqual(Object.entries(expected))
  })
})

describe('[X1] what the provider said', () => {
  const words = `Bad key sk-secret-key, header value-of-header, ${'x'.repeat(2000)}`
  const cases: [string, Uint8Array][] = [
    ['with a status', json('401 Unauthorized', { error: { message: words, code: 'sk-secret-key' } })],
    ['inside a stream', stream(event({ error: { message: words, type: 'Bearer value-of-header' } }))],
  ]
  test.each(cases)('reaches the operator without secrets, and not the user: %s', async (_, reply) => {
    await talk.use({ LLM_HEADERS: '{"x-other": "Bearer value-of-header"}' })
    const { error } = await talk.ask(reply)
    expect(error?.message).not.toMatch(/secret|header|xxx/)
    expect(error?.cause).toBeUndefined()
    const [warning] = talk.warnings
    expect(warning?.message).toBe('the provider of the model refused')
    expect(warning?.fields).toMatchObject({ session: expect.any(String), message: expect.any(String) })
    const shown = JSON.stringify(warning?.fields)
    expect(shown).toContain('Bad key (hidden), header (hidden), xxx')
    expect(shown).not.toMatch(/sk-secret-key|value-of-header/)
    expect(shown.length).toBeLessThan(600)
  })

  test('nor what LLM_EXTRA_BODY has of secrets', async () => {
    const extra = {
      api_key: 'key-of-body',
      fallbacks: [{ litellm_params: { aws_secret_access_key: 'key-within' } }],
      extra_headers: { Authorization: 'Bearer header-within' },
      reasoning_effort: 'minimal',
    }
    await talk.use({ LLM_EXTRA_BODY: JSON.stringify(extra) })
    await talk.ask(json('400 Bad Request', { error: { message: `not permitted: ${JSON.stringify(extra)}` } }))
    const shown = JSON.stringify(talk.warnings)
    expect(shown).toContain('minimal')
    expect(shown).not.toMatch(/-of-body|-within/)
  })

  test.each([
    ['90', 90_000],
    ['600', 600_000],
    ['0', 0],
  ])('[F6] Retry-After: %s is passed on', async (seconds, ms) => {
    const { error } = await talk.ask(json('429 Too Many Requests', {}, [`Retry-After: ${seconds}`]))
    expect(error).toMatchObject({ retryable: true, retryAfterMs: ms })
  })
})
