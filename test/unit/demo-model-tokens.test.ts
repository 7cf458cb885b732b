import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countTokens, tokenize } from '../../src/demo-model/generation/tokens.ts'
import { LANGUAGES } from '../../src/demo-model/mind/language.ts'
import { pagesOf } from '../../src/demo-model/mind/library.ts'

const HALF_PAIR = /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/

describe('[R1] tokens of the demo model', () => {
  test('joined they are the text, and no surrogate pair is split', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const tokens = [...tokenize(text)]
        expect(tokens.join('')).toBe(text)
        expect(tokens.filter((token) => token === '' || HALF_PAIR.test(token))).toEqual([])
      }),
    )
  })

  test('a lone surrogate stays what it is', () => {
    expect([...tokenize('a\uD83Db')].join('')).toBe('a\uD83Db')
  })

  test('English prose has about four characters a token, Chinese one', () => {
    const text = pagesOf('en')
      .flatMap(({ variants }) => variants)
      .join('\n')
    const perToken = text.length / countTokens(text)
    expect(perToken).toBeGreaterThan(3)
    expect(perToken).toBeLessThan(6)
    expect([...tokenize('一个副本可以死去')]).toEqual([...'一个副本可以死去'])
  })

  test('words keep their leading space, long ones come in pieces, emoji in code points', () => {
    expect([...tokenize('to be horizontally scaled')]).toEqual(['to', ' be', ' hor', 'izon', 'tall', 'y', ' scaled'])
    expect([...tokenize('👩🏽‍🚀')]).toEqual(['👩', '🏽', '\u200d', '🚀'])
  })

  test('every page of every language survives it', () => {
    for (const text of LANGUAGES.flatMap(pagesOf).flatMap(({ variants }) => variants)) {
      expect([...tokenize(text)].join('')).toBe(text)
    }
  })
})
