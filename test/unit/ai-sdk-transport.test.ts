import type { Chat } from '@ai-sdk/react'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BatonClientOptions, type BatonUIMessage, failureOf } from '../../src/ai-sdk/index.ts'
import type { StorageLike } from '../../src/client/index.ts'
import type { Message } from '../../src/protocol/message.ts'
import { AiSdkChats, lastText, shows, textOf } from '../support/ai-sdk-chats.ts'
import { storage, when } from '../support/clients.ts'
import { eventually } from '../support/conditions.ts'
import { refused, type ScriptedGateway } from '../support/scripted-gateway.ts'

let chats: AiSdkChats
let gateway: ScriptedGateway

beforeEach(async () => {
  chats = await AiSdkChats.start()
  gateway = chats.gateway
})
afterEach(() => chats.close())

const chatOf = (options?: BatonClientOptions) => chats.of(options)
const streaming = () => chats.streaming()
const tell = (part: Partial<Message>) => chats.tell(part)
const delta = (offset: number, text: string, attempt?: number) => chats.delta(offset, text, attempt)

describe('an answer that streams', () => {
  beforeEach(streaming)

  test('[D4] is told piece by piece and ends with its reason, its sources and its metadata', async () => {
    const { chat } = chatOf()
    const done = chat.sendMessage({ text: 'hi' })
    await gateway.until(() => gateway.messages.length === 2)
    delta(0, 'Hel')
    await shows(chat, 'Hel')
    expect(chat.status).toBe('streaming')
    delta(3, 'lo')
    const sources = [
      { title: 'A page', url: 'https://a.example/' },
      { title: 'B', url: 'javascript:alert(1)' },
    ]
    tell({ content: 'Hello', status: 'complete', metadata: { finish_reason: 'stop', sources } })
    await done
    const id = gateway.messages[1]?.id
    expect(chat.status).toBe('ready')
    expect(chat.lastMessage).toMatchObject({ id, metadata: { status: 'complete', seq: 2, attempt: 1 } })
    expect(chat.lastMessage?.parts).toEqual([
      { type: 'step-start' },
      expect.objectContaining({ type: 'text', text: 'Hello', state: 'done' }),
      expect.objectContaining({ type: 'source-url', url: 'https://a.example/', title: 'A page' }),
      expect.objectContaining({ type: 'source-document', title: 'B' }),
    ])
  })

  test('[F7] has the model’s reasoning in a part of its own, which ends with the text', async () => {
    const { chat } = chatOf()
    const done = chat.sendMessage({ text: 'hi' })
    await eventually('it streams', () => chat.status === 'streaming')
    chats.reasoning('Hm')
    chats.reasoning('m.')
    delta(0, 'So')
    await shows(chat, 'So')
    tell({ content: 'So', status: 'complete' })
    await done
    expect(chat.lastMessage?.parts.filter(({ type }) => type === 'reasoning')).toEqual([
      expect.objectContaining({ type: 'reasoning', text: 'Hmm.', state: 'done' }),
    ])
  })

  test('[D3] [G4] a higher attempt takes back what was told: the message holds the new text only', async () => {
    const { chat } = chatOf()
    const done = chat.sendMessage({ text: 'hi' })
    await gateway.until(() => gateway.messages.length === 2)
    delta(0, 'the first tr')
    await shows(chat, 'the first tr')
    delta(0, 'another', 2)
    await shows(chat, 'another')
    tell({ content: 'another start', attempt: 3, status: 'streaming' })
    delta(13, ' and end', 3)
    tell({ content: 'another start and end', attempt: 3, status: 'complete', metadata: { finish_reason: 'stop' } })
    await done
    expect(chat.lastMessage?.parts.filter(({ type }) => type === 'text')).toHaveLength(1)
    expect(lastText(chat)).toBe('another start and end')
    expect(chat.lastMessage?.metadata?.attempt).toBe(3)
  })

  test.each([
    ['with a higher attempt', { attempt: 2, content: '' }],
    ['where Redis holds another text', { content: '' }],
  ])('[D3] [F7] that starts again %s while reasoning is told goes on', async (_case, part) => {
    const { chat } = chatOf()
    const done = chat.sendMessage({ text: 'hi' })
    await gateway.until(() => gateway.messages.length === 2)
    delta(0, 'so far')
    await shows(chat, 'so far')
    chats.reasoning('Hm')
    await eventually('it thinks', () => chat.lastMessage?.parts.some(({ type }) => type === 'reasoning'))
    tell(part)
    await shows(chat, '')
    chats.reasoning('Oh')
    tell({ ...part, content: 'another', status: 'complete' })
    await done
    expect([chat.status, chat.error, lastText(chat)]).toEqual(['ready', undefined, 'another'])
    expect(chat.lastMessage?.parts.filter(({ type }) => type === 'reasoning')).toMatchObject([{ text: 'Oh' }])
  })

  test('[F4] that fails keeps its text and says why; regenerate asks for it again', async () => {
    const { chat } = chatOf()
    const done = chat.sendMessage({ text: 'hi' })
    await gateway.until(() => gateway.messages.length === 2)
    delta(0, 'so far')
    const error = { code: 'interrupted', message: 'its replica died', retryable: true }
    tell({ content: 'so far', status: 'error', metadata: { error } })
    await done
    expect([chat.status, chat.error?.message, lastText(chat)]).toEqual(['error', 'its replica died', 'so far'])
    gateway.on('message:regenerate', ({ messageId }) => ({
      answer: gateway.message({ id: messageId, seq: 2, attempt: 2, content: 'whole' }),
    }))
    await chat.regenerate()
    expect([chat.status, lastText(chat), chat.messages.length]).toEqual(['ready', 'whole', 2])
  })

  test('of a session that is cleared ends with an error, not never', async () => {
    const { chat } = chatOf()
    const done = chat.sendMessage({ text: 'hi' })
    await gateway.until(() => gateway.messages.length === 2)
    delta(0, 'so far')
    await shows(chat, 'so far')
    gateway.tell('session:ended', { sessionId: gateway.sessionId, reason: 'cleared' })
    await done
    expect([chat.status, chat.error?.message]).toEqual(['error', 'the conversation has been cleared'])
  })
})

describe('[W3] after a reload', () => {
  const running = () => gateway.message({ seq: 2, content: 'so far', status: 'streaming' })

  test('the running answer is told from its start and goes on; history has the rest', async () => {
    gateway.messages = [gateway.message({ role: 'user', content: 'hi' }), running()]
    const { chat, transport } = chatOf()
    const resumed = chat.resumeStream()
    await shows(chat, 'so far')
    chat.messages = await transport.history()
    delta(6, ', and on')
    await shows(chat, 'so far, and on')
    expect(chat.messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
    tell({ content: 'so far, and on', status: 'complete' })
    await resumed
    expect(lastText(chat)).toBe('so far, and on')
  })

  test('nothing runs: nothing is resumed', async () => {
    gateway.messages = [gateway.message({ role: 'user', content: 'hi' }), gateway.message({ seq: 2, content: 'ho' })]
    const { chat } = chatOf()
    await chat.resumeStream()
    expect([chat.status, chat.messages]).toEqual(['ready', []])
  })

  test('a resume that is given up before it has begun, as StrictMode does, stops no answer', async () => {
    gateway.messages = [gateway.message({ role: 'user', content: 'hi' }), running()]
    const { chat } = chatOf()
    const first = chat.resumeStream()
    const stopped = chat.stop()
    const second = chat.resumeStream()
    await Promise.all([first, stopped])
    await shows(chat, 'so far')
    tell({ content: 'so far', status: 'complete' })
    await second
    expect(gateway.sent('message:stop')).toEqual([])
  })

  test('[D7] a resume in the place of another, as when the page is seen again, stops no answer', async () => {
    gateway.messages = [gateway.message({ role: 'user', content: 'hi' }), running()]
    const { chat } = chatOf()
    const first = chat.resumeStream()
    await shows(chat, 'so far')
    const second = chat.resumeStream()
    await first
    await eventually('it goes on', () => chat.status === 'streaming')
    tell({ content: 'so far, and on', status: 'complete' })
    await second
    expect(lastText(chat)).toBe('so far, and on')
    expect(gateway.sent('message:stop')).toEqual([])
  })

  test('a message that the page before could not send is sent, shown, and its answer followed', async () => {
    const kept = storage()
    const unsent = { id: '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01', content: 'typed in a tunnel' }
    kept.set('baton:outbox', JSON.stringify([unsent]))
    streaming()
    const { chat, transport } = chatOf({ storage: kept })
    const resumed = chat.resumeStream()
    await eventually('it streams', () => chat.status === 'streaming')
    delta(0, 'heard')
    await shows(chat, 'heard')
    expect((await transport.history()).map(({ role }) => role)).toEqual(['user', 'assistant'])
    tell({ content: 'heard', status: 'complete' })
    await resumed
  })
})

describe('[W3] a message that is refused', () => {
  const contents = () => gateway.sent('message:send').map(({ content }) => content)
  /** What the page shows after a reload. */
  async function reloaded(kept: StorageLike) {
    chats.leave()
    const page = chatOf({ storage: kept })
    const resumed = page.chat.resumeStream()
    page.chat.messages = await page.transport.history()
    return { ...page, resumed }
  }
  const texts = (chat: Chat<BatonUIMessage>) => chat.messages.map(textOf)

  test('outlives a reload; it is sent when it is asked for again, and not with another one', async () => {
    const kept = storage()
    gateway.on('message:send', () => refused('too_large'))
    const { chat } = chatOf({ storage: kept })
    await chat.sendMessage({ text: 'too long' })
    gateway.on('message:send', (request) => gateway.take(request))
    await chat.sendMessage({ text: 'short' })
    expect([chat.status, ...texts(chat)]).toEqual(['ready', 'too long', 'short', ''])
    const after = await reloaded(kept)
    await after.resumed
    expect(texts(after.chat)).toEqual(['short', '', 'too long'])
    const { id, metadata } = after.chat.lastMessage as BatonUIMessage
    expect([metadata?.status, metadata && failureOf(metadata)]).toEqual(['error', 'too_large'])
    expect(after.transport.client.state.outbox).toMatchObject([{ id }])
    expect(contents()).toEqual(['too long', 'short'])
    await after.chat.regenerate()
    expect([after.chat.status, ...texts(after.chat)]).toEqual(['ready', 'short', '', 'too long', ''])
    expect(contents()).toEqual(['too long', 'short', 'too long'])
    expect((await reloaded(kept)).chat.messages).toHaveLength(4)
  })

  test('is no part of the next conversation', async () => {
    const known = gateway.openMany()
    gateway.on('message:send', () => refused('too_large'))
    const { chat, transport } = chatOf()
    await chat.sendMessage({ text: 'too long' })
    expect((await transport.history()).map(textOf)).toEqual(['too long'])
    const first = transport.client.state.session?.id
    known.clear()
    gateway.cut()
    await when(transport.client, ({ session }) => session !== null && session.id !== first)
    expect(await transport.history()).toEqual([])
  })

  test('stands before a running answer after a reload, which goes on and is shown once', async () => {
    const kept = storage()
    gateway.on('message:send', () => refused('too_large'))
    const { chat } = chatOf({ storage: kept })
    await chat.sendMessage({ text: 'too long' })
    streaming()
    void chat.sendMessage({ text: 'short' })
    await gateway.until(() => gateway.messages.length === 2)
    delta(0, 'so far')
    await shows(chat, 'so far')
    const after = await reloaded(kept)
    delta(6, ', and on')
    await shows(after.chat, 'so far, and on')
    expect(texts(after.chat)).toEqual(['too long', 'short', 'so far, and on'])
    tell({ content: 'so far, and on', status: 'complete' })
    await after.resumed
  })

  test('is answered anew by regenerate once the client’s own retry has sent it', async () => {
    gateway.on('message:send', () => refused('too_large'))
    gateway.on('message:regenerate', () => {
      chats.tell({ attempt: 2, content: 'again' })
      return { answer: gateway.messages.at(-1) as Message }
    })
    const { chat, transport } = chatOf()
    await chat.sendMessage({ text: 'hi' })
    gateway.on('message:send', (request) => gateway.take(request))
    transport.client.retry(transport.client.state.outbox[0]?.id ?? '')
    await when(transport.client, ({ messages }) => messages.length === 2)
    await chat.regenerate()
    expect([chat.status, lastText(chat)]).toEqual(['ready', 'again'])
    expect(gateway.sent('message:send')).toHaveLength(2)
  })
})

describe('what cannot be', () => {
  test('a message that is refused can be sent again by regenerate, under the same id', async () => {
    gateway.on('message:send', () => refused('too_large'))
    const { chat, transport } = chatOf()
    await chat.sendMessage({ text: 'hi' })
    expect(chat.error).toMatchObject({ code: 'too_large' })
    expect(transport.client.state.outbox).toMatchObject([{ content: 'hi', status: 'failed' }])
    gateway.on('message:send', (request) => gateway.take(request))
    await chat.regenerate()
    expect(transport.client.state.outbox).toEqual([])
    expect([chat.status, chat.messages.length]).toEqual(['ready', 2])
    expect(new Set(gateway.sent('message:send').map(({ id }) => id)).size).toBe(1)
    expect(gateway.messages.map(({ content }) => content)).toEqual(['hi', ''])
  })

  test('a message that was refused before a reload can be, too, with its metadata', async () => {
    const id = '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01'
    const failed = { sessionId: gateway.sessionId, code: 'quota_exceeded', message: 'tomorrow', retryable: true }
    const kept = storage()
    kept.set('baton:session', gateway.sessionId)
    kept.set('baton:outbox', JSON.stringify([{ id, content: 'asked yesterday', metadata: { page: 7 }, failed }]))
    const { chat, transport } = chatOf({ storage: kept })
    chat.messages = await transport.history()
    gateway.on('message:send', () => refused('quota_exceeded'))
    await chat.regenerate()
    expect(chat.error).toMatchObject({ code: 'quota_exceeded' })
    gateway.on('message:send', (request) => gateway.take(request))
    await chat.regenerate()
    expect([chat.status, chat.error]).toEqual(['ready', undefined])
    const asked = { id, content: 'asked yesterday', metadata: { page: 7 } }
    expect(gateway.sent('message:send').map(({ sessionId: _, ...sent }) => sent)).toEqual([asked, asked])
  })

  test('a client that is refused for good ends with that error', async () => {
    gateway.admit = () => ({ code: 'unauthorized', message: 'the token has expired', retryable: false })
    const { chat } = chatOf({ token: 'old' })
    await chat.sendMessage({ text: 'hi' })
    expect(chat.error).toMatchObject({ code: 'unauthorized' })
  })

  test('only the last answer can be made again, no message changed, and nothing but text sent', async () => {
    const { chat } = chatOf()
    await chat.sendMessage({ text: 'one' })
    await chat.sendMessage({ text: 'two' })
    const [question, answer] = chat.messages
    await chat.sendMessage({ text: 'other', messageId: question?.id ?? '' })
    expect(chat.error).toMatchObject({ code: 'invalid' })
    await chat.regenerate({ messageId: answer?.id ?? '' }).catch(() => {})
    expect(chat.error).toMatchObject({ message: expect.any(String) })
    await chat.sendMessage({ files: [{ type: 'file', mediaType: 'image/png', url: 'data:,' }] })
    expect(chat.error?.message).toMatch(/text only/)
    expect(gateway.sent('message:regenerate')).toEqual([])
    expect(gateway.sent('message:send')).toHaveLength(2)
  })
})

test('[M5] an earlier answer is not made again, though its question was asked once more in the same words', async () => {
  const { chat } = chatOf()
  for (const text of ['yes', 'and then?', 'yes']) await chat.sendMessage({ text })
  const shown = chat.messages.length
  const answers = chat.messages.filter(({ role }) => role === 'assistant')
  await chat.regenerate({ messageId: answers[0]?.id ?? '' })
  expect(chat.error).toMatchObject({ code: 'invalid', message: 'only the last answer can be made again' })
  expect(gateway.sent('message:regenerate')).toEqual([])
  expect(shown).toBe(6)
})

test('[M2] a message of a client that is refused for good is sent once by regenerate, and its answer streams', async () => {
  streaming()
  gateway.admit = () => ({ code: 'unauthorized', message: 'no', retryable: false })
  const { chat, transport } = chatOf()
  await chat.sendMessage({ text: 'hi' })
  expect(chat.status).toBe('error')
  gateway.admit = () => null
  const done = chat.regenerate()
  await gateway.until(() => gateway.messages.length === 2)
  expect(transport.client.state.outbox.length).toBeLessThan(2)
  delta(0, 'Hel')
  await shows(chat, 'Hel')
  tell({ content: 'Hello', status: 'complete' })
  await done
  expect(lastText(chat)).toBe('Hello')
  expect(gateway.sent('message:send').length).toBe(1)
})
