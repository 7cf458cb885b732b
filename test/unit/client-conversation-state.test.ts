import { describe, expect, test } from 'vitest'
import * as talk from '../../src/client/conversation-state.ts'
import type { Message } from '../../src/protocol/message.ts'

const SESSION = 'b4c0c2a2-6d0e-4f7a-8f2b-0d6a0f6f9d01'
const OTHER = 'b4c0c2a2-6d0e-4f7a-8f2b-0d6a0f6f9d02'

const message = (seq: number, part: Partial<Message> = {}): Message => ({
  id: `m${seq}`,
  seq,
  role: seq % 2 === 1 ? 'user' : 'assistant',
  content: `text ${seq}`,
  status: 'complete',
  attempt: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  metadata: {},
  ...part,
})
const opened = (messages: Message[], durable = true) =>
  talk.opened(talk.startOpening(talk.EMPTY), { sessionId: SESSION, messages, durable })
const messageEvent = (message: Message, sessionId = SESSION): talk.SessionEvent => ({
  name: 'message',
  data: { sessionId, message },
})
const deltaEvent = (messageId: string, offset: number, text: string, attempt = 1): talk.SessionEvent => ({
  name: 'delta',
  data: { sessionId: SESSION, messageId, attempt, offset, text },
})
const streaming = (text = '') => message(2, { content: text, status: 'streaming' })

describe('events and the acknowledgement of session:open [E]', () => {
  test('events that come before the acknowledgement are merged after the snapshot', () => {
    let client = talk.startOpening(talk.EMPTY)
    client = talk.received(client, deltaEvent('m2', 3, 'def'))
    expect(client.messages).toEqual([])
    client = talk.opened(client, { sessionId: SESSION, messages: [message(1), streaming('abcd')], durable: true })
    expect(client.messages[1]?.content).toBe('abcdef')
    expect(client.gap).toBe(false)
  })

  test('what was held for a connection that is lost does not reach the next one', () => {
    const held = talk.received(talk.startOpening(opened([message(1), streaming()])), deltaEvent('m2', 0, 'abc'))
    expect(talk.openFailed(held).messages[1]?.content).toBe('')
    expect(talk.openFailed(held).held).toBeNull()
  })

  test('events of another session change nothing', () => {
    const client = opened([message(1)])
    expect(talk.received(client, messageEvent(message(2), OTHER))).toBe(client)
  })

  test('a session under another id replaces the one that is gone', () => {
    const client = talk.opened(opened([message(1)]), { sessionId: OTHER, messages: [], durable: true })
    expect(client.messages).toEqual([])
  })
})

describe('gaps [D3]', () => {
  test('a delta above the text, of an unknown message, or in the middle of a new attempt asks for another open', () => {
    const client = opened([message(1), streaming('abc')])
    expect(talk.received(client, deltaEvent('m2', 4, 'x')).gap).toBe(true)
    expect(talk.received(client, deltaEvent('m9', 0, 'x')).gap).toBe(true)
    expect(talk.received(client, deltaEvent('m2', 1, 'x', 2)).gap).toBe(true)
  })

  test('a message whose predecessor never came asks for another open', () => {
    expect(talk.received(opened([message(1)]), messageEvent(message(3))).gap).toBe(true)
  })

  test('a delta that adds nothing leaves the very same state', () => {
    const client = opened([message(1), streaming('abc')])
    expect(talk.received(client, deltaEvent('m2', 1, 'bc'))).toBe(client)
  })
})

describe('what the next session:open asks for', () => {
  test('news only: but the last answer may have been regenerated meanwhile', () => {
    expect(talk.resumeAfter(opened([message(1), message(2), message(3), message(4)]))).toBe(3)
  })
  test('the answer that streams', () => {
    expect(talk.resumeAfter(opened([message(1), streaming('abc')]))).toBe(1)
  })
  test('nothing is held: everything', () => {
    expect(talk.resumeAfter(talk.EMPTY)).toBeUndefined()
  })
  test('[G5] everything, where a seq was provisional', () => {
    const client = talk.acknowledged(opened([message(1), message(2)]), [message(3), message(4)], false)
    expect(talk.resumeAfter(client)).toBeUndefined()
    const healed = talk.opened(client, {
      sessionId: SESSION,
      messages: [
        message(1),
        message(2),
        message(3, { id: 'x' }),
        message(4, { id: 'y' }),
        message(5, { id: 'm3' }),
        message(6, { id: 'm4' }),
      ],
      durable: true,
    })
    expect(healed.messages.map(({ id, seq }) => `${id}@${seq}`)).toEqual(['m1@1', 'm2@2', 'x@3', 'y@4', 'm3@5', 'm4@6'])
    expect(talk.resumeAfter(healed)).toBe(5)
  })
})

describe('the same message from several sides', () => {
  test('[G4] a message with a higher attempt carries the whole text so far, and deltas go on after it', () => {
    let client = opened([message(1), streaming('abc from Redis')])
    client = talk.received(client, messageEvent(message(2, { content: 'other text', attempt: 2, status: 'streaming' })))
    client = talk.received(client, deltaEvent('m2', 10, ' goes on', 2))
    expect(client.messages[1]?.content).toBe('other text goes on')
  })

  test('an acknowledgement that comes after the first deltas takes nothing back', () => {
    let client = opened([message(1), streaming()])
    client = talk.received(client, deltaEvent('m2', 0, 'abc'))
    client = talk.acknowledged(client, [message(1), streaming()])
    expect(client.messages[1]?.content).toBe('abc')
  })

  test('older messages of a history page go before the rest', () => {
    const client = talk.acknowledged(opened([message(5), message(6)]), [message(3), message(4)])
    expect(client.messages.map(({ seq }) => seq)).toEqual([3, 4, 5, 6])
  })
})
