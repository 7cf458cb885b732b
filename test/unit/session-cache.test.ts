import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { SessionCache } from '../../src/conversation/follow/session-cache.ts'
import type { Message } from '../../src/protocol/message.ts'

const MIB = 1024 * 1024

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
  const message: Message = {
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
  return { session, messages: [message] }
}

test.each([
  ['content', () => ({ content: 'x'.repeat(8000) }), 8000],
  ['metadata', () => ({ metadata: { x: 'm'.repeat(8000) } }), 8000],
  ['metadata in many pieces', () => ({ metadata: { x: Array.from({ length: 2700 }, () => []) } }), 2700 * 16],
  ['names', () => ({ metadata: { ['n'.repeat(8000)]: 1 } }), 8000],
])('[S5] [X6] copies are bounded in bytes, whatever takes them: %s', (_, fieldsOf, bytesEach) => {
  const copies = new SessionCache()
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
