import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { SessionCache } from '../../src/conversation/follow/session-cache.ts'
import { copyOf, type SessionCopy, withAdded, withEnd, withHeard } from '../../src/conversation/follow/session-copy.ts'
import type { Message } from '../../src/protocol/message.ts'
import { HandClock } from '../support/hand-clock.ts'

const MIB = 1024 * 1024

function messageWith(fields: Partial<Message>): Message {
  return {
    id: randomUUID(),
    seq: 1,
    role: 'user',
    content: 'hi',
    status: 'complete',
    attempt: 1,
    createdAt: new Date().toISOString(),
    metadata: {},
    ...fields,
  }
}

function copyWith(fields: Partial<Message>) {
  const id = randomUUID()
  const session = {
    id,
    userId: null,
    createdAt: '',
    lastActivity: '',
    lastSeq: 1,
    firstSeq: 1,
    ttlSeconds: 1,
    version: 1,
  }
  return copyOf(session, [messageWith(fields)])
}

test.each([
  ['content', () => ({ content: 'x'.repeat(8000) }), 8000],
  ['metadata', () => ({ metadata: { x: 'm'.repeat(8000) } }), 8000],
  ['metadata in many pieces', () => ({ metadata: { x: Array.from({ length: 2700 }, () => []) } }), 2700 * 16],
  ['names', () => ({ metadata: { ['n'.repeat(8000)]: 1 } }), 8000],
])('[S5] [X6] copies are bounded in bytes, whatever takes them: %s', (_, fieldsOf, bytesEach) => {
  const copies = new SessionCache(3600, new HandClock())
  const made = Array.from({ length: 5000 }, () => {
    const copy = copyWith(fieldsOf())
    copies.set(copy)
    return copy.session.id
  })
  const kept = made.filter((id) => copies.get(id) !== undefined)
  expect(kept.at(-1)).toBe(made.at(-1))
  expect(kept.length * bytesEach).toBeLessThanOrEqual(32 * MIB)
  expect(kept.length).toBeGreaterThan(50)
})

test('[G1] [S3] a copy is fresh for as long as its session lives, by what is known here', async () => {
  const clock = new HandClock()
  const copies = new SessionCache(60, clock)
  const copy = copyWith({ content: 'hi' })
  const { id } = copy.session
  expect(copies.isFresh(id)).toBe(false)
  copies.set(copy)
  await clock.advance(59_999)
  expect(copies.isFresh(id)).toBe(true)
  copies.refreshed(id)
  await clock.advance(60_001)
  expect(copies.isFresh(id)).toBe(false)
  expect(copies.get(id), 'it may be current all the same').toBe(copy)
  copies.refreshed(id)
  expect(copies.isFresh(id)).toBe(true)
})

test('[S5] a copy that changes weighs what it would weigh anew', () => {
  let copy: SessionCopy = copyWith({ content: 'the first' })
  const { session } = copy
  const numbered = (seq: number, fields: Partial<Message> = {}) =>
    messageWith({ seq, content: `message ${seq}`, ...fields })
  const check = (changed: SessionCopy | null) => {
    if (changed === null) throw new Error('no copy')
    expect(changed.weight).toBe(copyOf(changed.session, changed.messages).weight)
    copy = changed
  }
  const begun = numbered(3, { role: 'assistant', status: 'streaming', content: '' })
  check(withAdded({ ...session, lastSeq: 3, firstSeq: 2, version: 7 }, copy, [numbered(2), begun]))
  expect(copy.messages.map(({ seq }) => seq)).toEqual([2, 3])
  const ended = { ...begun, content: 'all of it', status: 'complete' as const, metadata: { replicas: ['r1'] } }
  check(withEnd(copy, ended, 7, { version: 8, lastActivity: 'now' } as Parameters<typeof withEnd>[3]))
  check(withHeard(copy, numbered(4, { content: 'from elsewhere' })))
  check(withHeard(copy, { ...ended, attempt: 2, content: 'another' }))
  expect(copy.messages.map(({ content }) => content)).toEqual(['message 2', 'another', 'from elsewhere'])
})

/** Found by a random story (seed 920008448): the copy had a hole, and every call for the session failed while Redis was away. */
test('[S5] [G1] a message that is heard under another number than it has in a copy leaves no hole there', () => {
  const copy = copyWith({ content: 'the first' })
  const [first] = copy.messages
  if (first === undefined) throw new Error('nothing in it')
  const heard = withHeard(copy, { ...first, seq: 3, attempt: 2 })
  expect(heard.messages).toEqual(copy.messages)
  expect(heard.session.version, 'it is not current').toBe(-1)
})
