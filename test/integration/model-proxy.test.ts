import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { ModelError } from '../../src/ports/model.ts'
import { within } from '../support/conditions.ts'
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

test('[F7] a proxy that does not open the tunnel is a provider that says nothing', async () => {
  const proxy = createServer((socket) => void socket.resume().on('error', () => {}))
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const asked = once(proxy, 'connection')
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  const talk = await RawTalk.start()
  await talk.use({ OPENAI_BASE_URL: 'https://provider.invalid/v1', LLM_TIMEOUT_MS: '100' })
  const answer = talk.ask(stream(DONE))
  const [socket] = (await asked) as [Socket]
  expect((await within('it is given up', answer)).error).toBeInstanceOf(ModelError)
  socket.destroy()
  proxy.close()
  await talk.close()
})
