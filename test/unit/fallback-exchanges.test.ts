import { expect, test } from 'vitest'
import type { RunningAnswer, Snapshot } from '../../src/ports/session-store.ts'
import type { Message } from '../../src/protocol/message.ts'
import { exchangesFrom } from '../../src/store/fallback/exchanges.ts'
import { lackOf } from '../support/final-metadata.ts'

const question = messageOf({ id: 'q', seq: 1, role: 'user', content: 'hello' })
const answer = messageOf({ id: 'a', seq: 2, role: 'assistant', content: 'so far', status: 'streaming' })

function messageOf(some: Pick<Message, 'id' | 'seq' | 'role' | 'content'> & Partial<Message>): Message {
  return { status: 'complete', attempt: 1, createdAt: '2026-11-30T00:00:00.000Z', metadata: {}, ...some }
}

function sessionWith(messages: readonly Message[], running: RunningAnswer | null = null): Snapshot {
  const [createdAt, lastActivity] = [question.createdAt, answer.createdAt]
  const session = {
    id: 's',
    userId: null,
    createdAt,
    lastActivity,
    lastSeq: 2,
    firstSeq: 1,
    ttlSeconds: 60,
    version: 3,
  }
  return { session, messages: [...messages], running }
}

/** Found by a soak: the end had a reason and nothing else. */
test('[M4] [F4] an answer that streams and is nobody’s here is brought back as interrupted, with all that an end has', () => {
  const { exchanges, running } = exchangesFrom(1, sessionWith([question, answer]))
  expect(running).toBeNull()
  expect(exchanges).toMatchObject([
    { question, answer: { content: 'so far', status: 'error', metadata: { error: { code: 'interrupted' } } } },
  ])
  expect(exchanges.map((exchange) => lackOf(exchange.answer))).toEqual([null])
})

test('[G2] one that this replica does not produce, and whose question the store has, is left to the store', () => {
  expect(exchangesFrom(2, sessionWith([question, answer]))).toMatchObject({ exchanges: [], running: null })
})
