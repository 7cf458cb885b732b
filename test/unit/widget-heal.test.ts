import type { MarkedToken, Token } from 'marked'
import { expect, test } from 'vitest'
import { healed } from '../../src/widget/heal.ts'
import { lex } from '../../src/widget/markdown.ts'

/** Every sign in it is markdown's. */
const ANSWER = `# A heading

Some **bold** and *italic* text, ***both***, __strong__ and _soft_ ones, ~~gone~~, with \`code\`, a [link](https://example.org/a_b) and **bold with
\`code\` in it**.

1. one **fat**
2. two
   - nested *item*

- [ ] to do
- [x] done

> A quotation with \`code\`.

\`\`\`ts
const client = 1
\`\`\`

| what | how |
| :--- | ---: |
| **a** table | \`wide\` |
| and | more |

***

The end &amp; so on.`

const SIGNS = /[*_`~[\]|#>&]|\]\(|\d\.$|^-/

/** The words that a reader sees. */
function words(tokens: readonly Token[]): string {
  return tokens
    .map((each) => {
      const token = each as MarkedToken
      if (token.type === 'table') {
        return [token.header, ...token.rows]
          .flat()
          .map((cell) => words(cell.tokens))
          .join(' ')
      }
      if (token.type === 'list') return token.items.map(({ tokens }) => words(tokens)).join(' ')
      if (token.type === 'checkbox') return ''
      if ('tokens' in token && token.tokens !== undefined) return words(token.tokens)
      if (token.type === 'text' || token.type === 'codespan' || token.type === 'html')
        return token.text.replace('&amp;', '+')
      return ''
    })
    .join(' ')
    .trim()
}

function viewsWithSigns(view: (text: string) => string): string[] {
  return Array.from({ length: ANSWER.length }, (_, i) => words(lex(view(ANSWER.slice(0, i + 1))))).filter((text) =>
    SIGNS.test(text),
  )
}

test('of an answer that is being written a reader sees words and no signs, wherever it was cut', () => {
  expect(viewsWithSigns((text) => text).length).toBeGreaterThan(100)
  expect(viewsWithSigns(healed)).toEqual([])
})

test('what is whole is left alone', () => {
  for (const block of [
    '2 * 3 = 6 and 4 * 5',
    'snake_case_name here',
    'a **b** *c* `d` done',
    '```js\na * b **c',
    'text [1] and (x) so',
  ]) {
    expect(healed(block)).toBe(block)
  }
  expect(healed(ANSWER)).toBe(ANSWER)
})

test('what was opened is closed in the order in which it was opened', () => {
  expect(healed('**a *b')).toBe('**a *b***')
  expect(healed('a **b `c')).toBe('a **b `c`**')
  expect(healed('a **b*')).toBe('a **b**')
  expect(healed('see [the man')).toBe('see the man')
  expect(healed('see [the manual](https://exam')).toBe('see the manual')
})

test.each([
  ['In `C:\\temp\\` are **the files', '**'],
  ['A ``\\`\\`` and `\\n` *b', '*'],
  ['*a ``b` c', '``*'],
  ['Write `[` or *b', '*'],
  ['a `list[1', '`'],
  ['no \\`code, *b', '*'],
  ['\\\\`code* c', '`'],
  ['\\``code* c', '`'],
])('in code a backslash hides no sign and a bracket begins no link: %s', (block, closing) => {
  expect(healed(block)).toBe(block + closing)
})

test('code of which only the sign has come is left out', () => {
  expect(healed('*a ``b`` `')).toBe('*a ``b``*')
})

test.each([
  ['in an item of an item', '1. a\n   - b\n\n     ```python\n', 'def f(*args, **kw):\n         x = [1', '\n     ```'],
  ['in an item', '- ~~~\n', '  a [*b\n      ~~~ c', '\n  ~~~'],
  ['in a quotation', '> ```js\n', '> f(*a, `b', '\n> ```'],
  ['of four backticks', '````markdown\n', '```js\nf(*a\n```\n**x** and *y', '\n`````'],
  ['with a fence that is text', '```markdown\n', '- ```\n    ```\n~~~\nf(*a', '\n   ```'],
])('code %s stays as it is while it is written, and what comes after it is healed', (_, before, code, end) => {
  for (let i = 0; i <= code.length; i++) expect(healed(before + code.slice(0, i))).toBe(before + code.slice(0, i))
  const whole = `${before}${code}${end}\n\n`
  expect(healed(`${whole}a *b`)).toBe(`${whole}a *b*`)
})

test('backticks within a line begin no block of code', () => {
  expect(healed('```a``` *b')).toBe('```a``` *b*')
})
