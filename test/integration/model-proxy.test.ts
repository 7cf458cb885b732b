import { afterEach, expect, test, vi } from 'vitest'
import { DONE, RawTalk, STOP, say, stream } from '../support/raw-provider.ts'

afterEach(() => vi.unstubAllEnvs())

test('with NODE_USE_ENV_PROXY=1 the provider is asked by the proxy, but for what NO_PROXY names', async () => {
  const talk = await RawTalk.start()
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  vi.stubEnv('HTTP_PROXY', talk.provider.origin)
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  await talk.use({ OPENAI_BASE_URL: 'http://provider.invalid/v1' })
  expect((await talk.ask(stream(say('Hello'), STOP, DONE))).text).toBe('Hello')
  await talk.use({})
  expect((await talk.ask(stream(say('Hello'), STOP, DONE))).text).toBe('Hello')
  expect(talk.provider.requests.map(({ path }) => path)).toEqual([
    'http://provider.invalid/v1/chat/completions',
    '/v1/chat/completions',
  ])
  await talk.close()
})
