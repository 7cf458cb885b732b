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
const reopened = (client: talk.Conversation, messages: Message[], snapshot: Partial<talk.Snapshot> = {}) =>
  talk.opened(talk.startOpening(client, talk.resumeAfter(client)), {
    sessionId: SESSION,
    messages,
    durable: true,
    ...snapshot,
  })
const acknowledged = (client: talk.Conversation, messages: Message[], persisted = true, sessionId = SESSION) =>
  talk.acknowledged(client, { sessionId, messages, persisted })
const syncEvent = (after: number, messages: Message[]): talk.SessionEvent => ({
  name: 'session:sync',
  data: { sessionId: SESSION, after, messages },
})
const activityEvent = (messageId: string, part: Partial<talk.CurrentActivity> = {}): talk.SessionEvent => ({
  name: 'activity',
  data: { sessionId: SESSION, messageId, kind: 'thinking', ...part },
})
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
  test('[D3] an acknowledgement tells of messages before it that were never told: the answer before them may have been made anew, too', () => {
    const ahead = acknowledged(opened([message(1), message(2)]), [message(5), message(6)])
    expect(talk.resumeAfter(ahead)).toBe(1)
  })
  test('[G5] what is provisional: it was acknowledged so, or came while Redis was away', () => {
    const asked = acknowledged(opened([message(1), message(2)]), [message(3), message(4)], false)
    expect(talk.resumeAfter(asked), 'the answer before it may have been made anew').toBe(1)
    expect(talk.resumeAfter(talk.received(asked, messageEvent(message(3))))).toBe(2)
    const away = talk.received(opened([message(1), message(2)]), { name: 'backend', data: { backend: 'memory' } })
    const told = [3, 4, 5, 6].reduce((client, seq) => talk.received(client, messageEvent(message(seq))), away)
    expect(talk.resumeAfter(told)).toBe(1)
    expect(talk.resumeAfter(talk.received(told, { name: 'backend', data: { backend: 'redis' } }))).toBe(1)
    expect(talk.resumeAfter(opened([message(1), message(2)], false))).toBeUndefined()
  })

  /** Found by the simulation (seed 72733008): the other message with the old number is nowhere held. */
  test.each([
    ['by an event', (client: talk.Conversation) => talk.received(client, messageEvent({ ...message(2), seq: 4 }))],
    ['by an acknowledgement', (client: talk.Conversation) => acknowledged(client, [{ ...message(2), seq: 4 }])],
    [
      'by a snapshot from memory',
      (client: talk.Conversation) => reopened(client, [{ ...message(2), seq: 4 }], { durable: false }),
    ],
  ])('[G5] what came under another number than that of a message that is held now, %s', (_, tell) => {
    const client = tell(opened([message(1), message(2), message(3)]))
    expect(talk.resumeAfter(client)).toBe(1)
  })

  /** Found by the simulation (seed 21143900): a replica that is alone may know less of the session than the client, and make an older answer anew. */
  describe('[G5] an older answer that changes while anything is provisional is provisional, too', () => {
    const stored = [1, 2, 3, 4].map((seq) => message(seq))
    const alone = reopened(opened(stored), [], { durable: false })
    const again = message(2, { attempt: 2, content: 'again' })
    test('and is asked for again', () => {
      const told = talk.received(alone, messageEvent(again))
      expect(told.messages[1]).toEqual(again)
      expect(talk.resumeAfter(told)).toBe(1)
      expect(reopened(told, stored.slice(1)).messages).toEqual(stored)
    })
    test('until what is held of it is replaced', () => {
      const told = talk.received(alone, messageEvent(again))
      const above = talk.received(told, syncEvent(2, [message(3)]))
      expect([talk.isSettled(above), talk.resumeAfter(above)]).toEqual([false, 1])
      const all = talk.received(told, syncEvent(1, stored.slice(1)))
      expect([talk.isSettled(all), all.messages]).toEqual([true, stored])
    })
  })
})

describe('[D3] [G4] a snapshot from Redis is the truth', () => {
  const lost = acknowledged(opened([message(1), message(2)]), [message(3), message(4, { status: 'streaming' })], false)

  test('what it lacks is gone, and a provisional seq is settled', () => {
    expect(reopened(lost, [message(2)]).messages).toEqual([message(1), message(2)])
    const moved = [3, 4, 5, 6].map((seq) => message(seq, { id: seq > 4 ? `m${seq - 2}` : `x${seq}` }))
    for (const healed of [reopened(lost, [message(2), ...moved]), talk.received(lost, syncEvent(2, moved))]) {
      expect(healed.messages.map(({ id, seq }) => `${id}@${seq}`)).toEqual([
        'm1@1',
        'm2@2',
        'x3@3',
        'x4@4',
        'm3@5',
        'm4@6',
      ])
      expect(talk.resumeAfter(healed)).toBe(5)
      expect(talk.isSettled(healed)).toBe(true)
    }
  })

  test.each([
    ['a regenerate that only memory knew of', message(2, { attempt: 2, content: 'again', status: 'streaming' })],
    ['a stop that only memory knew of', message(2, { status: 'stopped', content: 'a longer text that was shown' })],
    ['more text than Redis has', message(2, { status: 'streaming', content: 'a longer text that was shown' })],
  ])('%s is undone, and deltas go on from there', (_name, held) => {
    const stored = streaming('abc')
    const client = opened([message(1), held])
    for (const healed of [reopened(client, [stored]), talk.received(client, syncEvent(1, [stored]))]) {
      expect(healed.messages).toEqual([message(1), stored])
      expect(talk.received(healed, deltaEvent('m2', 3, 'def')).messages[1]?.content).toBe('abcdef')
    }
  })

  test('one from memory takes nothing away', () => {
    expect(reopened(lost, [message(3)], { durable: false }).messages).toEqual(lost.messages)
  })

  test('a session that does not reach as far as asked comes whole', () => {
    const client = reopened(opened([1, 2, 3, 4].map((seq) => message(seq))), [message(1)], { after: 0 })
    expect(client.messages).toEqual([message(1)])
  })

  test('one that begins later than asked leaves no hole: what is older comes by session:history', () => {
    const client = reopened(opened([message(1), message(2)]), [message(7), message(8)], { after: 6 })
    expect(client.messages.map(({ seq }) => seq)).toEqual([7, 8])
    expect(acknowledged(client, [message(5), message(6)]).messages.map(({ seq }) => seq)).toEqual([5, 6, 7, 8])
  })

  test('[F3] one from memory that begins later than asked takes nothing away that reaches it', () => {
    const held = [1, 2, 3, 4].map((seq) => message(seq))
    const whole = talk.startOpening(opened(held, false))
    const snapshot = { sessionId: SESSION, messages: [message(3), message(4)], durable: false }
    expect(talk.opened(whole, { ...snapshot, after: 2 }).messages).toEqual(held)
    const joined = reopened(opened(held), [message(5)], { durable: false, after: 4 })
    expect(talk.resumeAfter(joined), 'the last answer may have been made anew').toBe(3)
    const cut = talk.startOpening(opened([message(1), streaming('half')], false))
    expect(talk.opened(cut, { ...snapshot, after: 2 }).messages, 'its end was missed').toEqual([message(3), message(4)])
    const few = talk.startOpening(opened([message(1)], false))
    expect(talk.opened(few, { ...snapshot, after: 2 }).messages).toEqual([message(3), message(4)])
  })

  test('a sync above what is held asks for another open, and changes nothing', () => {
    const client = opened([message(1), message(2)])
    expect(talk.received(client, syncEvent(4, [message(5)]))).toEqual({ ...client, gap: true })
  })

  test('a sync that came before the acknowledgement of session:open is taken in its turn', () => {
    let client = talk.startOpening(opened([message(1), streaming('abc')]), 1)
    client = talk.received(client, syncEvent(1, [streaming('ab')]))
    client = talk.received(client, deltaEvent('m2', 2, 'c!'))
    client = talk.opened(client, { sessionId: SESSION, messages: [streaming('abc!')], durable: true })
    expect(client).toMatchObject({ gap: false, messages: [message(1), streaming('abc!')] })
  })

  test('what was acknowledged while the snapshot was on its way stays: it may have been taken before', () => {
    let client = talk.startOpening(opened([message(1), message(2)]), 1)
    client = acknowledged(client, [message(3), message(4, { status: 'streaming' })])
    expect(client.messages.length).toBe(4)
    client = talk.opened(client, { sessionId: SESSION, messages: [message(2)], durable: true })
    expect(client.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  test('two messages under one seq cannot both stand: the session is opened again', () => {
    const client = talk.received(lost, messageEvent(message(3, { id: 'x3' })))
    expect(client.gap).toBe(true)
    expect(talk.resumeAfter(client)).toBe(2)
  })

  test('what cannot have changed stays the very same object', () => {
    const client = opened([message(1), message(2)])
    expect(reopened(client, [message(2)]).messages[1]).toBe(client.messages[1])
  })
})

describe('[F7] what goes on while no text comes', () => {
  const client = opened([message(1), streaming('abc')])

  test('is over with the next text, the end, or another attempt', () => {
    const doing = talk.received(client, activityEvent('m2', { kind: 'resuming' }))
    expect(talk.activityOf(doing)).toEqual({ kind: 'resuming' })
    expect(talk.activityOf(talk.received(doing, deltaEvent('m2', 1, 'bc')))).toEqual({ kind: 'resuming' })
    for (const event of [deltaEvent('m2', 3, 'd'), deltaEvent('m2', 0, 'x', 2), messageEvent(message(2))]) {
      expect(talk.activityOf(talk.received(doing, event))).toBeNull()
    }
  })

  test('the words of the model add up, until something else goes on', () => {
    let doing = talk.received(client, activityEvent('m2', { text: 'First, ' }))
    doing = talk.received(doing, activityEvent('m2', { text: 'the question.' }))
    doing = talk.received(doing, activityEvent('m2'))
    expect(talk.activityOf(doing)).toEqual({ kind: 'thinking', text: 'First, the question.' })
    expect(talk.activityOf(talk.received(doing, activityEvent('m2', { kind: 'retrying' })))).toEqual({
      kind: 'retrying',
    })
  })

  test('of an answer that does not run it says nothing', () => {
    expect(talk.received(client, activityEvent('m9'))).toBe(client)
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
    client = acknowledged(client, [message(1), streaming()])
    expect(client.messages[1]?.content).toBe('abc')
  })

  test('an acknowledgement of a session that was left adds nothing to the next one, while that is opened, neither', () => {
    const client = opened([message(1)])
    expect(acknowledged(client, [message(2), message(3)], true, OTHER)).toEqual(client)
    const late = acknowledged(talk.startOpening(client), [message(2), message(3)])
    expect(talk.opened(late, { sessionId: OTHER, messages: [], durable: true }).messages).toEqual([])
  })

  test('older messages of a history page go before the rest', () => {
    const client = acknowledged(opened([message(5), message(6)]), [message(3), message(4)])
    expect(client.messages.map(({ seq }) => seq)).toEqual([3, 4, 5, 6])
  })
})
