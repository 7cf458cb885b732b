import { expect, test } from 'vitest'
import { ChunkShape } from '../../src/model/chunk-shape.ts'

const chunk = (content: unknown, more: object = {}) =>
  JSON.stringify({ id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, delta: { content }, ...more }], usage: null })

let parses = 0
function parsed(data: string): string | null {
  parses++
  const content: unknown = JSON.parse(data).choices[0].delta.content
  return typeof content === 'string' ? content : null
}

function learned(data: string, text: string): ChunkShape {
  const shape = new ChunkShape()
  shape.learn(data, text, parsed)
  return shape
}

test.each([' word', '', '"', '\\', '\n', '漢字 𝒳', '"}}],"usage":{}', 'm', 'chatcmpl-1', '~'])(
  'the text %j is read as a parser reads it, from a shape that any text taught',
  (text) => {
    for (const first of ['Hello', '"', 'm', '~', 'chatcmpl-1', 'content']) {
      expect(learned(chunk(first), first).textOf(chunk(text)), `after ${first}`).toBe(
        first === 'm' || first === 'chatcmpl-1' || first === 'content' ? null : text,
      )
    }
  },
)

test('a text that stands between two quotation marks of the chunk teaches nothing, or the right thing', () => {
  const marks = [...chunk('x').matchAll(/"/g)].map(({ index }) => index)
  const texts = marks.flatMap((from, i) => marks.slice(i + 1).map((to) => chunk('x').slice(from + 1, to)))
  expect(texts).toEqual(expect.arrayContaining([',', ':', ':0,', ':[{', 'content']))
  for (const text of texts) expect([null, ' word']).toContain(learned(chunk(text), text).textOf(chunk(' word')))
})

test('what differs in anything but its text has to be parsed', () => {
  const shape = learned(chunk('Hello'), 'Hello')
  for (const data of [
    chunk('x', { finish_reason: 'stop' }),
    chunk(null),
    chunk(['x']),
    chunk({ content: 'x' }),
    chunk('x').replace('chatcmpl-1', 'chatcmpl-2'),
    `${chunk('x')} `,
    chunk('x').replace('"x"', '"x","content":"y"'),
    chunk('x').replace('"x"', 'x'),
    chunk('x').replace('"x"', '"x'),
    chunk('x').replace('"x"', '"x" '),
    chunk('x').replace('"x"', '"\n"'),
    '',
    '[DONE]',
  ]) {
    const text = shape.textOf(data)
    if (text !== null) expect(text).toBe(parsed(data))
    else expect(text).toBeNull()
  }
  expect(shape.textOf(chunk('x', { finish_reason: 'stop' }))).toBeNull()
  expect(shape.textOf(chunk('x').replace('"x"', '"x","content":"y"'))).toBeNull()
  expect(shape.textOf(chunk('x').replace('"x"', '"\n"'))).toBeNull()
})

test('a provider whose chunks all differ is given up on after some tries', () => {
  const shape = new ChunkShape()
  parses = 0
  for (let i = 0; i < 100; i++) {
    const data = chunk('x', { obfuscation: `${i}` })
    expect(shape.textOf(data)).toBeNull()
    shape.learn(data, 'x', parsed)
  }
  expect(parses).toBeLessThan(10)
})

test('a shape that was not learned reads nothing', () => {
  expect(new ChunkShape().textOf(chunk('x'))).toBeNull()
})
