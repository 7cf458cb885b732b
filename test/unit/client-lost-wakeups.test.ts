/** What a client waits for comes to an end, also where the moment that lets it go on came too early to be noticed. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { BatonChatTransport } from '../../src/ai-sdk/index.ts'
import { EMPTY, opened, startOpening } from '../../src/client/conversation-state.ts'
import type { Message } from '../../src/protocol/message.ts'
import { Clients, storage, when } from '../support/clients.ts'
import { scriptedClients } from '../support/scripted-clients.ts'
import { refused } from '../support/scripted-gateway.ts'
import { startSilentFront } from '../support/silent-front.ts'

const scripted = scriptedClients()
const { clientOf } = scripted
const OTHER = 'b4c0c2a2-6d0e-4f7a-8f2b-0d6a0f6f9d02'
const within = (ms: number, promise: Promise<unknown>) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, 'never'))])

/** The wall clock has gone on, the timers have not: as after a laptop's sleep. */
function sleep(): void {
  const real = Date.now.bind(Date)
  const slept = vi.spyOn(Date, 'now').mockImplementation(() => real() + 60_000)
  onTestFinished(() => slept.mockRestore())
}

test('[M2] a message that is sent right after the machine slept goes out', async () => {
  scripted.gateway.on('message:send', (request) => scripted.gateway.take(request))
  const client = clientOf({ timings: { ackMs: 300 } })
  await client.open()
  sleep()
  expect(
    await within(
      3000,
      client.send('after sleep').then(() => 'sent'),
    ),
  ).toBe('sent')
})

test('a client that is closed right after the machine slept has no connection', async () => {
  scripted.gateway.messages = [scripted.gateway.message({ content: 'so far', status: 'streaming' })]
  const client = clientOf({ timings: { silenceMs: 100, rivalMs: 50 } })
  await client.open()
  sleep()
  await when(client, ({ connection }) => connection === 'reconnecting')
  client.close()
  await new Promise((resolve) => setTimeout(resolve, 500)) // the rival would come after 225 at most
  expect([scripted.gateway.connections, client.state.connection]).toEqual([0, 'idle'])
})

test('[M2] a send whose acknowledgement is lost because another connection took over is repeated', async () => {
  const { gateway } = scripted
  const front = await startSilentFront(gateway.url, () => false)
  const clients = new Clients(front.url)
  const client = clients.of({ timings: { silenceMs: 50, rivalMs: 100, ackMs: 60_000, probeMs: 60_000 } })
  await client.open()
  gateway.on('message:send', (request, socket) => {
    const sent = gateway.take(request)
    if (gateway.sent('message:send').length > 1) return sent
    const streaming: Message = { ...sent.answer, status: 'streaming' }
    for (const message of [sent.message, streaming]) socket.emit('message', { sessionId: gateway.sessionId, message })
    return null
  })
  const sent = client.send('hi').then(() => 'sent')
  await when(client, ({ answering }) => answering)
  front.freeze() // another replica says that the answer has ended
  await when(client, ({ answering }) => !answering)
  expect(await within(3000, sent)).toBe('sent')
  clients.close()
  front.thaw()
  await front.stop()
})

test('[M2] what a gateway without Redis answered is not asked again in the next session, when the page is loaded again', async () => {
  scripted.gateway.on('session:open', ({ after = 0 }) => {
    const messages = scripted.gateway.messages.filter(({ seq }) => seq > after)
    return { ...scripted.gateway.opened(messages), after, backend: 'memory' }
  })
  scripted.gateway.on('message:send', (request) => {
    return { ...scripted.gateway.take(request), persisted: false, backend: 'memory' }
  })
  const kept = storage()
  const before = clientOf({ storage: kept })
  await before.open()
  for (const text of ['one', 'two', 'three']) await before.send(text)
  before.close()
  scripted.gateway.sessionId = OTHER
  scripted.gateway.messages = []
  const after = clientOf({ storage: kept })
  await after.open()
  await after.send('next') // behind what is to be asked again
  expect(scripted.gateway.sent('message:send').map(({ content }) => content)).toEqual(['one', 'two', 'three', 'next'])
})

test('[M2] [G1] what was not answered in a session that is lost as a whole is asked again in the next', async () => {
  const { gateway } = scripted
  const client = clientOf()
  await client.open()
  gateway.on('message:send', (request) => {
    const sent = gateway.take(request)
    return { ...sent, answer: { ...sent.answer, status: 'streaming' }, persisted: false, backend: 'memory' }
  })
  await client.send('held in a replica that dies')
  gateway.sessionId = OTHER
  gateway.messages = []
  gateway.on('message:send', (request) => gateway.take(request))
  gateway.cut()
  await when(client, ({ session, messages }) => session?.id === OTHER && messages.length === 2)
  expect(gateway.sent('message:send').map(({ sessionId }) => sessionId === OTHER)).toEqual([false, true])
})

test('[M2] what was said in one conversation is not said again in another that another tab began', async () => {
  const { gateway } = scripted
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  onTestFinished(() => void vi.unstubAllGlobals())
  const kept = storage()
  const client = clientOf({ storage: kept })
  await client.open()
  gateway.on('message:send', (request) => ({ ...gateway.take(request), persisted: false, backend: 'memory' }))
  await client.send('said in the old conversation')
  gateway.sessionId = OTHER
  gateway.messages = []
  gateway.on('message:send', (request) => gateway.take(request))
  kept.set('baton:session', OTHER)
  page.dispatchEvent(Object.assign(new Event('storage'), { storageArea: kept, key: 'baton:session' }))
  await when(client, ({ session }) => session?.id === OTHER)
  await client.send('said in the new one') // behind what is to be said again
  expect(gateway.sent('message:send').map(({ content }) => content)).toEqual([
    'said in the old conversation',
    'said in the new one',
  ])
})

test('[S3] open after the session has ended opens another', async () => {
  const client = clientOf()
  await client.open()
  scripted.gateway.tell('session:ended', { sessionId: scripted.gateway.sessionId, reason: 'expired' })
  await when(client, ({ ended }) => ended === 'expired')
  expect(await within(1500, client.open())).not.toBe('never')
})

test('[S3] regenerate of the AI SDK after an expiry is refused', async () => {
  const question = scripted.gateway.message({ role: 'user', content: 'hi' })
  scripted.gateway.messages = [question, scripted.gateway.message({ seq: 2, content: 'ho' })]
  const client = clientOf()
  const transport = new BatonChatTransport(client)
  const [asked] = await transport.history()
  scripted.gateway.tell('session:ended', { sessionId: scripted.gateway.sessionId, reason: 'expired' })
  await when(client, ({ ended }) => ended === 'expired')
  scripted.gateway.sessionId = OTHER
  scripted.gateway.messages = []
  const again = { trigger: 'regenerate-message', messageId: undefined, messages: [asked], abortSignal: undefined }
  const outcome = transport.sendMessages(again as never).then(
    () => 'stream',
    ({ code }) => code,
  )
  expect(await within(1500, outcome)).toBe('invalid')
})

test('[X3] send rejects where the client is refused for good', async () => {
  scripted.gateway.on('message:send', () => null)
  const client = clientOf({ token: 'static' })
  await client.open()
  const sent = client.send('hi').catch(({ code }) => code)
  await scripted.gateway.until(() => scripted.gateway.sent('message:send').length === 1)
  scripted.gateway.admit = () => ({ code: 'unauthorized', message: 'expired', retryable: false })
  scripted.gateway.cut()
  await when(client, ({ error }) => error?.code === 'unauthorized')
  expect(await within(1000, sent)).toBe('unauthorized')
})

test('[X3] reconnectToStream of the AI SDK rejects where the client is refused for good', async () => {
  const { gateway } = scripted
  gateway.on('message:send', () => null)
  const kept = storage()
  kept.set('baton:outbox', JSON.stringify([{ id: OTHER, content: 'hi' }]))
  const client = clientOf({ storage: kept, token: 'static' })
  const outcome = new BatonChatTransport(client).reconnectToStream({}).catch(({ code }) => code)
  await gateway.until(() => gateway.sent('message:send').length === 1)
  gateway.admit = () => ({ code: 'unauthorized', message: 'expired', retryable: false })
  gateway.cut()
  await when(client, ({ error }) => error?.code === 'unauthorized')
  expect(await within(1500, outcome)).toBe('unauthorized')
})

test('a new conversation does not wait out the pause of a message that was given up', async () => {
  const { gateway } = scripted
  gateway.on('message:send', (request) => {
    return request.content === 'given up' ? refused('overloaded', true, 20_000) : gateway.take(request)
  })
  gateway.on('session:history', () => ({ messages: [], hasMore: false }))
  const client = clientOf()
  await client.open()
  const given = client.send('given up').catch(({ code }) => code)
  await gateway.until(() => gateway.sent('message:send').length === 1)
  await client.history() // the refusal has come before
  client.newConversation()
  expect(await given).toBe('closed')
  const sent = client.send('asked anew').then(() => 'sent')
  expect(await within(3000, sent)).toBe('sent')
})

test('[E] nothing is answering once the session has ended', async () => {
  scripted.gateway.messages = [scripted.gateway.message({ content: 'so far', status: 'streaming' })]
  const client = clientOf()
  await client.open()
  scripted.gateway.tell('session:ended', { sessionId: scripted.gateway.sessionId, reason: 'expired' })
  await when(client, ({ ended }) => ended === 'expired')
  expect(client.state.answering).toBe(false)
})

test('[G6] a session:open from memory that begins later than asked leaves no hole', () => {
  const message = (seq: number) =>
    scripted.gateway.message({ id: `m${seq}`, seq, role: seq % 2 ? 'user' : 'assistant' })
  const first = { sessionId: 's', messages: [message(1), message(2)], durable: true, after: 0 }
  const held = opened(startOpening(EMPTY), first)
  const later = opened(startOpening(held, 1), {
    sessionId: 's',
    messages: [message(9), message(10)],
    durable: false,
    after: 8,
  })
  expect(later.messages.map(({ seq }) => seq)).toEqual([9, 10])
})
