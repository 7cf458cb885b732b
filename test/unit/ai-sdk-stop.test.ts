import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { AiSdkChats, lastText, shows } from '../support/ai-sdk-chats.ts'
import { eventually } from '../support/conditions.ts'
import { refused, type ScriptedGateway } from '../support/scripted-gateway.ts'

let chats: AiSdkChats
let gateway: ScriptedGateway

beforeEach(async () => {
  chats = await AiSdkChats.start()
  gateway = chats.gateway
  chats.streaming()
})
afterEach(() => chats.close())

test('[D7] stop ends it at the gateway; stopped by somebody else it just ends', async () => {
  gateway.on('message:stop', () => ({ message: { ...(gateway.messages.at(-1) as Message), status: 'stopped' } }))
  const { chat } = chats.of()
  const first = chat.sendMessage({ text: 'hi' })
  await gateway.until(() => gateway.messages.length === 2)
  chats.delta(0, 'so far')
  await shows(chat, 'so far')
  await chat.stop()
  await first
  await gateway.until(() => gateway.sent('message:stop').length === 1)
  expect([chat.status, lastText(chat)]).toEqual(['ready', 'so far'])
  chats.tell({ content: 'so far', status: 'stopped' })

  const second = chat.sendMessage({ text: 'on' })
  await gateway.until(() => gateway.messages.length === 4)
  chats.delta(0, 'more')
  chats.tell({ content: 'more', status: 'stopped' })
  await second
  expect([chat.status, lastText(chat), chat.lastMessage?.metadata?.status]).toEqual(['ready', 'more', 'stopped'])
  expect(gateway.sent('message:stop')).toHaveLength(1)
})

test('stopped before the gateway has acknowledged it is stopped as soon as it has', async () => {
  const acknowledge = Promise.withResolvers<void>()
  gateway.on('message:send', async (request) => {
    await acknowledge.promise
    const sent = gateway.take(request)
    return { ...sent, answer: { ...sent.answer, status: 'streaming' } }
  })
  gateway.on('message:stop', () => ({ message: { ...(gateway.messages.at(-1) as Message), status: 'stopped' } }))
  const { chat } = chats.of()
  const sending = chat.sendMessage({ text: 'hi' })
  await gateway.until(() => gateway.sent('message:send').length === 1)
  await chat.stop()
  await sending
  expect(chat.status).toBe('ready')
  expect(gateway.sent('message:stop')).toEqual([])
  acknowledge.resolve()
  await gateway.until(() => gateway.sent('message:stop').length === 1)
})

test('[M3] regenerate after stop waits until the gateway has stopped it', async () => {
  const stop = Promise.withResolvers<void>()
  gateway.on('message:stop', async () => {
    await stop.promise
    chats.tell({ status: 'stopped' })
    return { message: gateway.messages.at(-1) as Message }
  })
  gateway.on('message:regenerate', () => {
    const answer = gateway.messages.at(-1) as Message
    if (answer.status === 'streaming') return refused('answer_in_progress', true)
    return { answer: { ...answer, attempt: 2, content: 'again', status: 'complete' } }
  })
  const { chat } = chats.of()
  const first = chat.sendMessage({ text: 'hi' })
  await eventually('it streams', () => chat.status === 'streaming')
  await chat.stop()
  await first
  const again = chat.regenerate()
  await gateway.until(() => gateway.sent('message:stop').length === 1)
  stop.resolve()
  await again
  expect([chat.status, chat.error, lastText(chat)]).toEqual(['ready', undefined, 'again'])
})
