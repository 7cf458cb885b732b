import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { reportSchema } from '../../src/protocol/admin.ts'
import { list, text } from '../../src/protocol/bounded.ts'
import { MAX_METADATA_DEPTH } from '../../src/protocol/limits.ts'
import type { Message } from '../../src/protocol/message.ts'
import { metadata, requestSchemas } from '../../src/protocol/schemas.ts'
import { decodeMessage, encodeMessage } from '../../src/store/message-json.ts'

/** What JSON can hold, and what throws as soon as it is compared. */
const INCOMPARABLE = { toString: null, valueOf: null }
const HOSTILE = [INCOMPARABLE, { length: INCOMPARABLE }, { size: INCOMPARABLE }, [INCOMPARABLE], { length: 1e9 }]

const QUESTION: Message = {
  id: randomUUID(),
  seq: 1,
  role: 'user',
  content: 'Why?',
  status: 'complete',
  attempt: 1,
  createdAt: '',
  metadata: {},
}

const SCHEMAS: readonly [string, z.ZodType][] = [...Object.entries(requestSchemas), ['a report', reportSchema]]

test.each(SCHEMAS)(
  '[X6] %s is refused, and nothing throws, where a field has a length that cannot be compared',
  (_, schema) => {
    for (const field of fieldsOf(schema))
      for (const hostile of HOSTILE) {
        const { error } = schema.safeParse({ [field]: hostile })
        if (field !== 'metadata') expect(error?.issues.map(({ path }) => path[0])).toContain(field)
      }
  },
)

function fieldsOf(schema: z.ZodType): string[] {
  if (!(schema instanceof z.ZodObject)) throw new Error('no object')
  return Object.keys(schema.shape)
}

test('lengths are bounded, and told to who reads the schema', () => {
  const bounded = z.object({ name: text({ min: 1, max: 3 }), all: list(z.int(), 2) })
  const isGiven = (name: string, all: number[]) => bounded.safeParse({ name, all }).success
  expect([isGiven('a', []), isGiven('abc', [1, 2])]).toEqual([true, true])
  expect([isGiven('', []), isGiven('abcd', []), isGiven('a', [1, 2, 3])]).toEqual([false, false, false])
  expect(z.toJSONSchema(bounded).properties).toMatchObject({
    name: { type: 'string', minLength: 1, maxLength: 3 },
    all: { type: 'array', maxItems: 2 },
  })
})

test('[M1] [X6] metadata that is taken can be read back, however deep it is nested', () => {
  const nested = (levels: number): Record<string, unknown> => (levels === 1 ? {} : { in: nested(levels - 1) })
  const deepest = { ...QUESTION, metadata: nested(MAX_METADATA_DEPTH) }
  expect(metadata.safeParse(deepest.metadata).success).toBe(true)
  expect(decodeMessage(encodeMessage(deepest))).toEqual(deepest)
  const told = metadata.safeParse(nested(MAX_METADATA_DEPTH + 1)).error?.issues
  expect(told).toMatchObject([{ message: 'must be at most 64 levels deep' }])
})
