import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'

/** What a function makes of `text`, in a thread of its own: where it takes for ever, the test's time is over and not that of all tests. */
async function made<Result = string>(module: string, call: string, text: string): Promise<Result> {
  const url = new URL(`../../src/${module}`, import.meta.url).href
  const code = `const { parentPort, workerData: { url, text } } = require('node:worker_threads')
    import(url).then((module) => parentPort.postMessage(${call}))`
  const worker = new Worker(code, { eval: true, workerData: { url, text } })
  onTestFinished(async () => void (await worker.terminate()))
  const [result] = await once(worker, 'message')
  return result
}

const lexed = (text: string) => made('widget/markdown.ts', 'module.lex(text)[0].type', text)
const healed = (text: string) => made('widget/heal.ts', 'module.healed(text)', text)
const styled = (text: string) => made('cli/markdown-style.ts', 'new module.MarkdownStyle(true).push(text)', text)

test.each([
  ['quotations', '> ', 'blockquote'],
  ['quotations, wide', '>    ', 'blockquote'],
  ['items', '-  ', 'list'],
  ['stars', '*  ', 'list'],
  ['numbers', '1.  ', 'list'],
])(
  '%s as deep as they are read, with words after them, are read: the marks can be told apart in one way only',
  async (_, mark, type) => {
    expect(await lexed(`${mark.repeat(49)}words`)).toBe(type)
    expect(await lexed(`${mark.repeat(50)}words`)).toBe('paragraph')
  },
)

test("a table's line below the first, of many dashes and a column too many, is looked through once", async () => {
  for (const end of ['| |', '::', '||']) expect(await healed(`| a |\n|${'-'.repeat(60)}${end}`)).toBe('')
})

test('a run of what a model repeats costs its length, and not the square of it', async () => {
  const MANY = 1_000_000
  const addresses = '<http:'.repeat(MANY)
  expect(await healed(`${addresses} x`)).toBe(`${addresses} x`)
  for (const code of ['`\\', '`\\` ', '`[` ']) expect(await healed(code.repeat(100_000))).not.toBe('')
  const rows = `- a\n${'|\n'.repeat(MANY)}\nx\n\n`
  expect(await healed(`${rows}|a`)).toBe(rows)
  const fence = `${'~'.repeat(MANY)}\u2028`
  expect(await styled(fence)).toBe('')
})

test.each([
  '- [ ] \n---',
  '- [ ] \n|',
  '- [ ] \n#',
  '- [ ] \n===',
  '\n|a|\n|-|-',
  '| a |\n| - | - |\n',
  '> a\nb\n',
  '> - a\nb\n',
  'word\n',
])(
  'lines of %j again and again, for a mebibyte, are read as far as that is worth it: no character is lost',
  async (unit) => {
    const text = `# Title\n\n- item\n${unit.repeat(2 ** 20 / unit.length)}`
    const [first, ...rest] = await made<[string, string][]>(
      'widget/markdown.ts',
      'module.lex(text).map(({ type, raw }) => [type, raw])',
      text,
    )
    expect(first?.[0]).toBe('heading')
    expect(rest.at(-1)?.[0]).toBe('paragraph')
    expect([first, ...rest].map((block) => block?.[1]).join('')).toBe(text)
  },
)

test('long ordinary texts are read to their end: many short blocks, rows, items, lines of code', async () => {
  const block =
    '## A heading\nsome words, and more\n- an item\n- one that goes on\nin a line\n\n> words\nthat go on\n\n'
  for (const [text, type] of [
    [`${block.repeat(5000)}# End`, 'heading'],
    [`${'- an item\n'.repeat(50_000)}\n# End`, 'heading'],
    [`| a | b |\n| - | - |\n${'| row | 1 |\n'.repeat(50_000)}`, 'table'],
    [`\`\`\`\n${'- a line\n'.repeat(50_000)}\`\`\``, 'code'],
  ] as const)
    expect(await made('widget/markdown.ts', 'module.lex(text).at(-1).type', text)).toBe(type)
})
