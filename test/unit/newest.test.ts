import { expect, test } from 'vitest'
import { newestThatFit } from '../../src/conversation/follow/newest.ts'
import { MAX_MESSAGES_BYTES } from '../../src/protocol/limits.ts'
import type { Message } from '../../src/protocol/message.ts'
import { MAX_JSON_BYTES_PER_WEIGHT, weightOf } from '../../src/session/weight.ts'

const message = (seq: number, fields: Partial<Message> = {}): Message => ({
  id: `id-${seq}`,
  seq,
  role: 'user',
  content: 'hi',
  status: 'complete',
  attempt: 1,
  createdAt: new Date(0).toISOString(),
  metadata: {},
  ...fields,
})
const jsonBytes = (one: Message) => Buffer.byteLength(JSON.stringify(one))

const ESCAPED = '\u0000'
const WIDE = '漢'
const SURROGATE = '\ud800'

test.each([
  ['an escaped text', { content: ESCAPED.repeat(5000) }],
  ['a wide text', { content: WIDE.repeat(5000) }],
  ['half characters', { content: SURROGATE.repeat(5000) }],
  ['an escaped id', { id: ESCAPED.repeat(5000) }],
  [
    'names',
    { metadata: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${ESCAPED.repeat(9)}${i}`, null])) },
  ],
  ['numbers', { metadata: { x: Array.from({ length: 500 }, () => -Number.MIN_VALUE / 3) } }],
  ['long numbers', { metadata: { x: Array.from({ length: 500 }, () => -1.2345678901234567e-200) } }],
  ['nothing, often', { metadata: { x: Array.from({ length: 2700 }, () => []) } }],
  ['depth', { metadata: { x: JSON.parse('['.repeat(3000) + ']'.repeat(3000)) } }],
] satisfies [string, Partial<Message>][])('[X6] JSON takes no more than its weight says: %s', (_, fields) => {
  const heavy = message(1, fields)
  expect(jsonBytes(heavy)).toBeLessThanOrEqual(MAX_JSON_BYTES_PER_WEIGHT * weightOf(heavy))
})

test.each([ESCAPED, WIDE, 'x'])('[E] of messages of %j as many are given as fit, to the byte', (character) => {
  const empty = jsonBytes(message(9))
  const wide = Buffer.byteLength(JSON.stringify(character)) - 2
  const content = (bytes: number) => character.repeat(Math.floor(bytes / wide))
  const messages = Array.from({ length: 9 }, (_, i) =>
    message(i + 1, { content: content(MAX_MESSAGES_BYTES / 4 - empty) }),
  )
  const fitting = newestThatFit(messages)
  expect(fitting.at(-1)?.seq).toBe(9)
  const bytes = (list: readonly Message[]) => list.reduce((sum, one) => sum + jsonBytes(one), 0)
  expect(bytes(fitting)).toBeLessThanOrEqual(MAX_MESSAGES_BYTES)
  expect(bytes(messages.slice(-1 - fitting.length))).toBeGreaterThan(MAX_MESSAGES_BYTES)
})

test('[E] a message that is too large alone is given alone', () => {
  const large = message(2, { content: 'x'.repeat(MAX_MESSAGES_BYTES) })
  expect(newestThatFit([message(1), large])).toEqual([large])
})
