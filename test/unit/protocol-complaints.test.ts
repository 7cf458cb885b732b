import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeIssue, requestSchemas } from '../../src/protocol/schemas.ts'

const ids = { sessionId: randomUUID(), id: randomUUID() }

test.each([
  ['message:send', null, 'payload: must be an object'],
  ['message:send', [], 'payload: must be an object'],
  ['message:send', ids, 'content: is missing'],
  ['message:send', { ...ids, content: 1 }, 'content: must be a string'],
  ['message:send', { ...ids, content: '', metadata: 1 }, 'metadata: must be an object'],
  ['session:history', { ...ids, limit: '1' }, 'limit: must be a number'],
  ['session:history', { ...ids, limit: 1.5 }, 'limit: must be a whole number'],
  ['session:history', { sessionId: 1 }, 'sessionId: must be a UUID'],
] as const)('[X1] %s of %j is refused in plain words: %s', (event, payload, told) => {
  const { error } = requestSchemas[event].safeParse(payload)
  expect(describeIssue(error ?? expect.fail('it is taken'))).toBe(told)
})
