import { expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { TextChecker } from '../support/text-checker.ts'

function answer(id: string): Message {
  const said = { content: 'word', status: 'streaming' as const, attempt: 1, metadata: {} }
  return { id, seq: 2, role: 'assistant', createdAt: '2026-01-01T00:00:00.000Z', ...said }
}

test('[D3] the checker takes a sync for its own session alone, however it came to know the others', () => {
  const checker = new TextChecker()
  const early = { event: 'message' as const, payload: { sessionId: 'early', message: answer('told early') } }
  checker.opened('opened', [answer('opened with')], [early])
  checker.take({ event: 'message', payload: { sessionId: 'told', message: answer('told') } })
  checker.take({ event: 'session:sync', payload: { sessionId: 'another', after: 0, messages: [answer('synced')] } })
  checker.take({ event: 'session:sync', payload: { sessionId: 'told', after: 0, messages: [] } })
  const known = ['told early', 'opened with', 'synced', 'told'].filter((id) => checker.get(id) !== undefined)
  expect(known).toEqual(['told early', 'opened with', 'synced'])
})
