import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

describe('[D7] an answer that is asked for again after a stop', () => {
  let acknowledge: PromiseWithResolvers<void>

  beforeEach(() => {
    acknowledge = Promise.withResolvers()
    gateway.on('message:stop', () => {
      chats.tell({ status: 'stopped' })
      return { message: gateway.messages.at(-1) as Message }
    })
  })

  /** Acknowledges a `message:regenerate` only later, as on a slow network. */
  function regenerates(): void {
    gateway.on('message:regenerate', async () => {
      const { status, attempt } = gateway.messages.at(-1) as Message
      if (status === 'streaming') return refused('answer_in_progress', true)
      chats.tell({ status: 'streaming', attempt: attempt + 1, content: '' })
      const answer = gateway.messages.at(-1) as Message
      await acknowledge.promise
      return { answer }
    })
  }

  /** A message is sent, and not acknowledged yet. */
  async function unacknowledged() {
    gateway.on('message:send', async (request) => {
      const { message, ...sent } = gateway.take(request)
      chats.tell({ status: 'streaming' })
      await acknowledge.promise
      return { ...sent, message, answer: gateway.messages.at(-1) as Message }
    })
    const { chat, transport } = chats.of()
    const sending = chat.sendMessage({ text: 'hi' })
    await gateway.until(() => gateway.sent('message:send').length === 1)
    return { chat, transport, sending }
  }

  /** A message whose answer is there. */
  async function answered() {
    const { chat, transport } = chats.of()
    const sending = chat.sendMessage({ text: 'hi' })
    await eventually('it streams', () => chat.status === 'streaming')
    chats.tell({ status: 'complete', content: 'first' })
    await sending
    regenerates()
    return { chat, transport }
  }

  test('before the message is acknowledged is not stopped for who gave up', async () => {
    const { chat, sending } = await unacknowledged()
    await chat.stop()
    await sending
    const again = chat.regenerate()
    await eventually('it is asked for', () => chat.status === 'submitted')
    acknowledge.resolve()
    await eventually('it streams', () => chat.status === 'streaming')
    chats.tell({ content: 'whole', status: 'complete' })
    await again
    expect([chat.status, lastText(chat)]).toEqual(['ready', 'whole'])
    expect(gateway.sent('message:stop')).toEqual([])
  })

  test('before the message is acknowledged, and given up once more, is stopped once', async () => {
    const { chat, transport, sending } = await unacknowledged()
    await chat.stop()
    await sending
    const again = chat.regenerate()
    await eventually('it is asked for', () => chat.status === 'submitted')
    await chat.stop()
    await again
    acknowledge.resolve()
    await eventually('it is stopped', () => transport.client.state.messages.at(-1)?.status === 'stopped')
    expect(gateway.sent('message:stop')).toHaveLength(1)
  })

  test('waits for the stop of one that was not acknowledged when it was given up', async () => {
    const { chat } = await answered()
    const first = chat.regenerate()
    await gateway.until(() => gateway.sent('message:regenerate').length === 1)
    await chat.stop()
    await first
    const again = chat.regenerate()
    await eventually('it is asked for', () => chat.status === 'submitted')
    acknowledge.resolve()
    await eventually('it streams', () => chat.status === 'streaming')
    chats.tell({ content: 'again', status: 'complete' })
    await again
    expect([chat.status, chat.error, lastText(chat)]).toEqual(['ready', undefined, 'again'])
  })

  test('comes though one was given up while there was no connection', async () => {
    const { chat, transport } = await answered()
    const back = Promise.withResolvers<null>()
    gateway.admit = () => back.promise
    gateway.cut()
    await eventually('it is lost', () => transport.client.state.connection !== 'online')
    const first = chat.regenerate()
    await eventually('it is asked for', () => chat.status === 'submitted')
    await chat.stop()
    await first
    acknowledge.resolve()
    back.resolve(null)
    await eventually('it is stopped', () => gateway.messages.at(-1)?.status === 'stopped')
    const again = chat.regenerate()
    await eventually('it streams', () => chat.status === 'streaming')
    chats.tell({ content: 'again', status: 'complete' })
    await again
    expect(lastText(chat)).toBe('again')
  })
})
