import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MarkdownStyle } from '../../src/cli/markdown-style.ts'

const RESET = '\u001b[0m'

function styled(pieces: readonly string[], colours = true): string {
  const style = new MarkdownStyle(colours)
  return pieces.map((piece) => style.push(piece)).join('') + style.end()
}

/** What is shown in bold, italic, faint and so on: the styled runs, by their code. */
function runsOf(markdown: string, code: string): string[] {
  const runs = styled([markdown]).split('\u001b[')
  return runs.filter((run) => run.startsWith(`${code}m`)).map((run) => run.slice(code.length + 1))
}

/** Text rich in what means something at some place. */
const markdown = fc
  .array(fc.oneof(fc.constantFrom(...'#*_`~->\\\n 1.)+', '```', '**', '\n\n', '\n- ', '四', '🏽'), fc.string()), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''))

describe('markdown in a terminal', () => {
  test('nothing is taken away, however it is cut into pieces, and the cuts make no difference', () => {
    fc.assert(
      fc.property(markdown, fc.array(fc.nat(200), { maxLength: 8 }), (text, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length]
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end))
        const whole = styled([text])
        expect(stripVTControlCharacters(whole)).toBe(text)
        expect(styled(pieces)).toBe(whole)
        expect(styled(pieces, false)).toBe(text)
      }),
    )
  })

  test('bold, italic and code are shown so, with their markers faint', () => {
    const text = 'some **bold**, *italic* and `co**de`.'
    expect([runsOf(text, '1'), runsOf(text, '3'), runsOf(text, '36')]).toEqual([['bold'], ['italic'], ['co**de']])
    expect(runsOf(text, '2')).toEqual(['**', '**', '*', '*', '`', '`'])
    expect(styled(['***both***'])).toContain('\u001b[1m\u001b[3mboth')
  })

  test('what only looks like a marker is text', () => {
    for (const text of [
      '2 * 3 * 4',
      'snake_case_name',
      'a ** b',
      '\\*not so\\*',
      '#hashtag',
      '1.5 litres',
      '-5 degrees',
    ]) {
      expect(styled([text])).toBe(text)
    }
  })

  test('lines: headings, list markers, quotes, rules', () => {
    expect(styled(['# One\ntext'])).toBe(`${RESET}\u001b[1;4m# One${RESET}\ntext`)
    expect(runsOf('- a\n  * b\n10) c', '33')).toEqual(['-', '  *', '10)'])
    expect(runsOf('> said', '2;3')).toEqual(['> said'])
    expect(runsOf('---\n', '2')).toEqual(['---'])
  })

  test('a fence holds code until it is closed by its like', () => {
    const text = '````js\n# *no* heading\n```\n````\n# heading'
    expect(runsOf(text, '36').join('|')).toBe('# *no* heading|```')
    expect(runsOf(text, '1;4')).toEqual(['# heading'])
  })

  test('a stray marker ends with its line', () => {
    expect(styled(['*stray\nnext']).endsWith('\nnext')).toBe(true)
  })

  test('control characters of an answer reach no terminal', () => {
    const evil = 'a\u001b[2Jb\u009b31mc\rd\u0007'
    for (const colours of [true, false]) expect(styled([evil], colours)).toBe('a\ufffd[2Jb\ufffd31mc\ufffdd\ufffd')
  })
})
