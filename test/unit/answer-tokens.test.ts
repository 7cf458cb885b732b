import { expect, test } from 'vitest'
import { inputOf, outputOf, Spent, tokensOf } from '../../src/conversation/answer/tokens.ts'

test('two requests of a provider that uses the names of both APIs count twice, by either name', () => {
  const told = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150, input_tokens: 0, output_tokens: 0 }
  const spent = new Spent()
  spent.begin(90, false)
  spent.tell(told)
  spent.begin(90, false)
  spent.tell(told)
  spent.end()
  const total = spent.total() ?? {}
  expect([inputOf(total), outputOf(total), tokensOf(total)]).toEqual([200, 100, 300])
})

test.each([{}, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }])(
  'a usage of nothing, %j, is none: what came is estimated',
  (nothing) => {
    const spent = new Spent()
    spent.begin(10, false)
    spent.output(400)
    spent.tell(nothing)
    spent.end()
    expect(spent.total()).toEqual({ prompt_tokens: 10, completion_tokens: 100, total_tokens: 110, estimated: true })
  },
)

test('a usage of nothing takes back no other', () => {
  const spent = new Spent()
  spent.begin(10, false)
  spent.tell({ total_tokens: 7 })
  spent.tell({})
  spent.end()
  expect(spent.total()).toEqual({ total_tokens: 7 })
})
