import { expect, test } from 'vitest'
import { z } from 'zod'
import { reportSchema } from '../../src/protocol/admin.ts'
import { list, text } from '../../src/protocol/bounded.ts'
import { requestSchemas } from '../../src/protocol/schemas.ts'

/** What JSON can hold, and what throws as soon as it is compared. */
const INCOMPARABLE = { toString: null, valueOf: null }
const HOSTILE = [INCOMPARABLE, { length: INCOMPARABLE }, { size: INCOMPARABLE }, [INCOMPARABLE], { length: 1e9 }]

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
