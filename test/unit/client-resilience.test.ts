import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ErrorBody } from '../../src/protocol/errors.ts'
import type { Message } from '../../src/protocol/message.ts'
import { storage, when } from '../support/clients.ts'
import { scriptedClients } from '../support/scripted-clients.ts'
import { refused, ScriptedGateway } from '../support/scripted-gateway.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

describe('[E] [D3] following the session', () => {
  test('[G4] a sync replaces what is held above its after', async () => {
    const answer = scripted.gateway.message({ seq: 2, content: 'stopped in memory', status: 'stopped' })
    const question = scripted.gateway.message({ role: 'user', content: 'hi' })
    scripted.gateway.messages = [question, answer]
    const client = clientOf()
    await client.open()
    const stored: Message = { ...answer, content: 'Hel', status: 'streaming' }
    scripted.gateway.tell('session:sync', { sessionId: scripted.gateway.sessionId, after: 1, messages: [stored] })
    scripted.gateway.tell('delta', {
      sessionId: scripted.gateway.sessionId,
      messageId: answer.id,
      attempt: 1,
      offset: 3,
      text: 'lo',
    })
    await when(client, ({ messages }) => messages.at(-1)?.content === 'Hello')
    expect(client.state).toMatchObject({ answering: true, messages: [question, {}] })
  })

  test('[F7] the state says what goes on, until the next text', async () => {
    const answer = scripted.gateway.message({ content: '', status: 'streaming' })
    scripted.gateway.messages = [answer]
    const client = clientOf()
    await client.open()
    const { sessionId } = scripted.gateway
    scripted.gateway.tell('activity', { sessionId, messageId: answer.id, kind: 'thinking', text: 'Hm' })
    scripted.gateway.tell('activity', { sessionId, messageId: answer.id, kind: 'thinking', text: 'm.' })
    await when(client, ({ activity }) => activity?.text === 'Hmm.')
    scripted.gateway.tell('delta', { sessionId, messageId: answer.id, attempt: 1, offset: 0, text: 'So' })
    expect((await when(client, ({ messages }) => messages[0]?.content === 'So')).activity).toBeNull()
  })

  test('events before the acknowledgement of session:open are held until then', async () => {
    const answer = scripted.gateway.message({ seq: 2, content: 'Hel', status: 'streaming' })
    const messages = [scripted.gateway.message({ role: 'user', content: 'hi' }), answer]
    scripted.gateway.on('session:open', (_request, socket) => {
      const { sessionId } = scripted.gateway
      socket.emit('delta', { sessionId, messageId: answer.id, attempt: 1, offset: 2, text: 'llo' })
      return scripted.gateway.opened(messages)
    })
    const client = clientOf()
    await client.open()
    expect(client.state.messages.at(-1)?.content).toBe('Hello')
  })

  test('a gap opens the session again, for what can have changed only', async () => {
    const answer = scripted.gateway.message({ seq: 4, content: 'Hel', status: 'streaming' })
    const past = [1, 2, 3].map((seq) =>
      scripted.gateway.message({ seq, role: seq === 2 ? 'assistant' : 'user', content: `${seq}` }),
    )
    scripted.gateway.messages = [...past, answer]
    const client = clientOf()
    await client.open()
    const { sessionId } = scripted.gateway
    scripted.gateway.messages = [...past, { ...answer, content: 'Hello world' }]
    scripted.gateway.tell('delta', { sessionId, messageId: answer.id, attempt: 1, offset: 9, text: 'ld' })
    await when(client, ({ messages }) => messages.at(-1)?.content === 'Hello world')
    expect(scripted.gateway.sent('session:open')).toEqual([{}, { sessionId, after: 3 }])
  })

  test('a replica that goes silent in the middle of an answer is left for another', async () => {
    scripted.gateway.messages = [scripted.gateway.message({ content: 'so far', status: 'streaming' })]
    const client = clientOf({ timings: { silenceMs: 20, probeMs: 50 } })
    await client.open()
    scripted.gateway.on('session:open', () =>
      scripted.gateway.sent('session:open').length === 2 ? null : scripted.gateway.opened(),
    )
    await when(client, ({ connection }) => connection === 'reconnecting')
    await when(client, ({ connection }) => connection === 'online')
    expect(scripted.gateway.sent('session:open').length).toBeGreaterThanOrEqual(3)
  })

  test('[S1] a session that is gone is replaced by a new one', async () => {
    const kept = storage()
    kept.set('baton:session', '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01')
    scripted.gateway.on('session:open', ({ sessionId }) =>
      sessionId === undefined ? scripted.gateway.opened() : refused('session_not_found'),
    )
    const client = clientOf({ storage: kept })
    await client.open()
    expect(kept.get('baton:session')).toBe(scripted.gateway.sessionId)
  })

  test.each<[string, () => unknown]>([
    ['that goes on giving it', () => '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01'],
    ['that gives a promise', async () => '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01'],
  ])('[S1] a session that is gone is asked for once, of a storage %s', async (_name, getItem) => {
    scripted.gateway.on('session:open', ({ sessionId }) =>
      sessionId === undefined ? scripted.gateway.opened() : refused('session_not_found'),
    )
    const client = clientOf({ storage: { ...storage(), getItem: getItem as () => string } })
    const asked = () => scripted.gateway.sent('session:open').length
    await Promise.race([client.open(), scripted.gateway.until(() => asked() > 2)])
    expect(client.state.session?.id).toBe(scripted.gateway.sessionId)
    expect(asked()).toBeLessThanOrEqual(2)
  })

  test('[G1] an id that a replica cannot look up is asked for again, never given up', async () => {
    const kept = storage()
    kept.set('baton:session', scripted.gateway.sessionId)
    scripted.gateway.on('session:open', () => {
      const asked = scripted.gateway.sent('session:open').length
      return asked < 3 ? refused('overloaded', true) : scripted.gateway.opened()
    })
    const client = clientOf({ storage: kept })
    await client.open()
    expect(scripted.gateway.sent('session:open').map(({ sessionId }) => sessionId)).toEqual(
      Array(3).fill(scripted.gateway.sessionId),
    )
  })

  test('[S3] after an expiry the next message begins a new session', async () => {
    scripted.gateway.messages = [scripted.gateway.message({ content: 'old' })]
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    const client = clientOf()
    await client.open()
    scripted.gateway.tell('session:ended', { sessionId: scripted.gateway.sessionId, reason: 'expired' })
    const { messages } = await when(client, ({ ended }) => ended === 'expired')
    expect(messages.map(({ content }) => content)).toEqual(['old'])

    scripted.gateway.sessionId = 'b4c0c2a2-6d0e-4f7a-8f2b-0d6a0f6f9d02'
    scripted.gateway.messages = []
    await client.send('hello again')
    expect(scripted.gateway.sent('session:open')).toEqual([{}, {}])
    expect(client.state).toMatchObject({ ended: null, messages: [{ content: 'hello again' }, {}] })
  })
})

describe('calls over lost connections', () => {
  test('stop is repeated', async () => {
    const answer = scripted.gateway.message({ content: 'so far', status: 'streaming' })
    scripted.gateway.messages = [answer]
    scripted.gateway.on('message:stop', (_request, socket) => {
      if (scripted.gateway.sent('message:stop').length > 1) return { message: { ...answer, status: 'stopped' } }
      socket.conn.close()
      return null
    })
    const client = clientOf()
    await client.open()
    expect(await client.stop()).toMatchObject({ status: 'stopped' })
    expect(client.state.answering).toBe(false)
  })

  test('regenerate is not, where the session shows that it was done', async () => {
    const answer = scripted.gateway.message({ content: 'old' })
    scripted.gateway.messages = [answer]
    scripted.gateway.on('message:regenerate', (_request, socket) => {
      scripted.gateway.messages = [{ ...answer, attempt: 2, content: 'n', status: 'streaming' }]
      socket.conn.close()
      return null
    })
    const client = clientOf()
    await client.open()
    expect(await client.regenerate()).toMatchObject({ attempt: 2, content: 'n' })
    expect(scripted.gateway.sent('message:regenerate').length).toBe(1)
  })
})

describe('calls of a client that is not open', () => {
  test('one that is under way when the client is closed ends with it', async () => {
    scripted.gateway.messages = [scripted.gateway.message({ content: 'so far', status: 'streaming' })]
    scripted.gateway.on('message:stop', () => null)
    const client = clientOf()
    await client.open()
    const stopping = client.stop()
    await scripted.gateway.until(() => scripted.gateway.sent('message:stop').length === 1)
    client.close()
    await expect(stopping).rejects.toMatchObject({ code: 'closed' })
  })

  test('one before it is opened, or after it was refused for good, is not waited for', async () => {
    scripted.gateway.admit = () => ({ code: 'forbidden', message: 'not you', retryable: false })
    const client = clientOf()
    await expect(client.history()).rejects.toMatchObject({ code: 'closed' })
    await expect(client.open()).rejects.toMatchObject({ code: 'forbidden' })
    await expect(client.history()).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('what is wrong is said after the first try', () => {
  /** Something that answers plain HTTP, and knows no WebSocket. */
  async function elsewhere(answer: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
    const server = createServer(answer)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const close = async () => {
      server.closeAllConnections()
      await promisify(server.close.bind(server))()
    }
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
  }

  test.each(['ftp://127.0.0.1/', 'localhost:8080', 'no address', 'ws://127.0.0.1/'])(
    '%s is no URL of a gateway',
    async (url) => {
      const client = clientOf({ url })
      await expect(client.open()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(url) })
      expect(client.state).toMatchObject({ connection: 'offline', error: { code: 'invalid', retryable: false } })
    },
  )

  test('a host where nothing answers, until something does', async () => {
    const { url, close } = await elsewhere(() => {})
    await close()
    const client = clientOf({ url })
    const opened = client.open().catch(() => {})
    const first = await when(client, ({ error }) => error !== null)
    expect(first).toMatchObject({ connection: 'connecting', error: { code: 'disconnected', retryable: true } })
    await when(client, ({ error }) => error?.message === `nothing answers at ${url}`)
    client.close()
    await opened
  })

  test('a server without Socket.IO, one that is not available, and one that refuses', async () => {
    const foreign = { error: { code: 'forbidden', message: 'origin: is not allowed', retryable: false } }
    const many = { error: { code: 'rate_limited', message: 'too many connections', retryable: true } }
    for (const [status, words, body] of [
      [404, 'there is no gateway at URL: it knows no Socket.IO (404)', null],
      [503, 'the gateway at URL is not available (503)', null],
      [403, 'URL refuses the connection: origin: is not allowed', foreign],
      [429, 'URL refuses the connection: too many connections', many],
      [403, 'URL refuses the connection: origin not allowed', { code: 4, message: 'origin not allowed' }],
    ] as const) {
      const { url, close } = await elsewhere((_request, response) =>
        response.writeHead(status).end(JSON.stringify(body)),
      )
      const client = clientOf({ url })
      client.open().catch(() => {})
      await when(client, ({ error }) => error?.message === words.replace('URL', url))
      client.close()
      await close()
    }
  })

  test('a namespace or a caller that Socket.IO itself refuses', async () => {
    scripted.gateway.admit = () => ({ message: 'Invalid namespace' }) as ErrorBody
    const client = clientOf()
    client.open().catch(() => {})
    const { error } = await when(client, (state) => state.error !== null)
    expect(error?.message).toBe(`${scripted.gateway.url} refuses: Invalid namespace`)
    scripted.gateway.admit = () => null
    expect((await when(client, ({ connection }) => connection === 'online')).error).toBeNull()
  })

  test('a lost connection is an error only when the way back fails', async () => {
    const client = clientOf()
    await client.open()
    scripted.gateway.cut()
    expect((await when(client, ({ connection }) => connection === 'reconnecting')).error).toBeNull()
    await when(client, ({ connection }) => connection === 'online')
  })

  test('calls on a closed client are, until it is opened again', async () => {
    const answer = scripted.gateway.message({ content: 'so far', status: 'streaming' })
    scripted.gateway.messages = [answer]
    const client = clientOf()
    await client.open()
    client.close()
    const calls = [
      client.send('x'),
      client.stop(),
      client.regenerate(),
      client.history(),
      client.clear(),
      client.follow(answer.id),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'closed' })
    expect(client.state.outbox).toEqual([])
    scripted.gateway.messages = []
    scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
    await client.open()
    await client.send('again')
  })
})

test('[R6] a gateway that is mounted under a prefix is reached under it', async () => {
  const mounted = await ScriptedGateway.start('/chat/socket.io/')
  const client = clientOf({ url: `${mounted.url}/chat/` })
  await client.open()
  expect(client.state.connection).toBe('online')
  client.close()
  await mounted.close()
})

describe('[E] following one message', () => {
  test('it is told as it grows, and its end is waited for over a lost connection', async () => {
    const answer = scripted.gateway.message({ content: 'one ', status: 'streaming' })
    scripted.gateway.messages = [answer]
    const client = clientOf()
    await client.open()
    const views: string[] = []
    const whole = client.follow(answer.id, ({ content }) => views.push(content))
    scripted.gateway.messages = [{ ...answer, content: 'one two', status: 'complete' }]
    scripted.gateway.cut()
    expect(await whole).toMatchObject({ content: 'one two', status: 'complete' })
    expect(views).toEqual(['one ', 'one two'])
  })

  test('it ends where the rest will not come', async () => {
    const answer = scripted.gateway.message({ content: 'so far', status: 'streaming' })
    scripted.gateway.messages = [answer]
    const client = clientOf()
    await client.open()
    const given = new AbortController()
    const abandoned = client.follow(answer.id, () => {}, given.signal)
    given.abort(new Error('no longer wanted'))
    await expect(abandoned).rejects.toThrow('no longer wanted')
    const left = client.follow(answer.id)
    client.close()
    await expect(left).rejects.toMatchObject({ code: 'closed' })
    await client.open()
    const cleared = client.follow(answer.id)
    scripted.gateway.tell('session:ended', { sessionId: scripted.gateway.sessionId, reason: 'cleared' })
    await expect(cleared).rejects.toMatchObject({ code: 'session_not_found' })
  })
})

test('[F5] a client comes back after the wait that a draining replica named, whatever the backoff says', async () => {
  scripted.gateway.on('session:open', (_request, socket) => {
    if (scripted.gateway.sent('session:open').length === 1) socket.emit('draining', { reconnectInMs: 60_000 })
    return scripted.gateway.opened()
  })
  const told = clientOf()
  const draining = new Promise<void>((resolve) => told.observe(({ name }) => name === 'draining' && resolve()))
  await Promise.all([told.open(), draining])
  const other = clientOf()
  await other.open()
  for (let times = 0; times < 3; times++) {
    scripted.gateway.cut()
    await when(other, ({ connection }) => connection === 'reconnecting')
    told.send('hurry').catch(() => {})
    await when(other, ({ connection }) => connection === 'online')
  }
  expect(told.state.connection).toBe('reconnecting')
  expect(scripted.gateway.connections).toBe(1)
})

test('a closed client leaves nothing behind, and can be opened again', async () => {
  const client = clientOf()
  await client.open()
  client.close()
  await scripted.gateway.until(() => scripted.gateway.connections === 0)
  expect(client.state.connection).toBe('idle')
  await client.open()
  expect(client.state.connection).toBe('online')
})

test('one in an app of React Native, whose window hears of no events, opens and closes like others', async () => {
  vi.stubGlobal('window', globalThis)
  onTestFinished(() => void vi.unstubAllGlobals())
  const client = clientOf()
  await client.open()
  expect(client.state.connection).toBe('online')
  client.close()
  expect(client.state.connection).toBe('idle')
})
