import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MarkdownStyle } from '../../src/cli/markdown-style.ts'
import { WordWrap } from '../../src/cli/word-wrap.ts'

/** What a terminal shows of it: the lines, with what was taken back gone. */
function shown(written: string): string[] {
  const lines = ['']
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  for (const [piece, back] of written.matchAll(/\u001b\[(\d+)D\u001b\[K|\u001b\[[\d;]*m|[^\u001b]/gsu)) {
    if (piece === '\n') lines.push('')
    else if (back !== undefined) lines.push((lines.pop() ?? '').slice(0, -Number(back)))
    else if (!piece.startsWith('\u001b')) lines.push(`${lines.pop()}${piece}`)
  }
  return lines
}

function wrapped(pieces: readonly string[], columns: number): string[] {
  const wrap = new WordWrap(() => columns)
  return shown(pieces.map((piece) => wrap.push(piece, false)).join(''))
}

describe('lines in a terminal', () => {
  test('break between words, whatever pieces they come in, and nothing is lost', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/)
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 30 }),
        fc.integer({ min: 10, max: 40 }),
        fc.nat(5),
        (words, columns, cut) => {
          const text = words.join(' ')
          const pieces = text.match(new RegExp(`.{1,${cut + 1}}`, 'gs')) ?? []
          const lines = wrapped(pieces, columns)
          expect(lines.join(' ').replace(/ +/g, ' ').trim()).toBe(text)
          for (const line of lines) expect(line.trimEnd().length).toBeLessThan(columns)
          // Each line is as full as it can be.
          for (const [i, line] of lines.entries()) {
            const next = lines[i + 1]?.split(' ')[0]
            if (next !== undefined) expect(line.trimEnd().length + 1 + next.length).toBeGreaterThanOrEqual(columns)
          }
        },
      ),
    )
  })

  test('break within a word that is longer than the line, and after any character of Chinese or Japanese', () => {
    expect(wrapped(['abcdefghijklm'], 10)).toEqual(['abcdefghi', 'jklm'])
    expect(wrapped(['四五六七八九十'], 10)).toEqual(['四五六七', '八九十'])
    expect(wrapped(['go 四五六七八'], 10)).toEqual(['go 四五六', '七八'])
  })

  test.each([
    ['a flag', '🇩🇪cd', 4],
    ['two flags', '🇩🇪🇫🇷', 4],
    ['a zero-width space', 'cd\u200bef', 4],
    ['a joined emoji', '👩‍👩‍👧‍👦cd', 4],
    ['a skin tone', '👍🏽cd', 4],
    ['combining marks', 'e\u0301e\u0301cd', 4],
    ['vowels that have a column of their own', 'की', 2],
  ])('take back the columns that the word before has: %s, in whatever pieces it comes', (_what, word, columns) => {
    for (const pieces of [[word], [...word]]) {
      const wrap = new WordWrap(() => 'ab '.length + columns + 1) // no `x` fits behind the word
      const written = ['ab ', ...pieces, 'x'].map((piece) => wrap.push(piece, false)).join('')
      expect(written).toBe(`ab ${word}\u001b[${columns}D\u001b[K\n${word}x`)
    }
  })

  test('keep the colours of a word that goes to the next line, and leave code as it is', () => {
    const wrap = new WordWrap(() => 10)
    const style = new MarkdownStyle(true)
    const written = wrap.push(style.push('one two **three** x') + style.end(), false)
    expect(shown(written)).toEqual(['one two ', '**three**', 'x'])
    expect(written.slice(written.lastIndexOf('\u001b[K'))).toContain('\u001b[1mthree')
    expect(stripVTControlCharacters(new WordWrap(() => 10).push('a long line of code', true))).toBe(
      'a long line of code',
    )
  })
})
