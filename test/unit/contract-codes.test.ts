import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { BatonError, ERROR_CODES } from '../../src/protocol/errors.ts'
import { requestSchemas } from '../../src/protocol/schemas.ts'

const root = join(import.meta.dirname, '../..')
const GROUPS = 'SMEDFGXHWR'

const contract = readFileSync(join(root, 'docs/contract.md'), 'utf8')
const rules = [...contract.matchAll(new RegExp(`^### ([${GROUPS}]\\d*)$`, 'gm'))].map(([, code = '']) => code)

const files = globSync('{README.md,{src,test,docs,loadtest}/**/*.{ts,tsx,mjs,md,lua,py,html,css}}', {
  cwd: root,
  exclude: ['**/node_modules'],
}).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** What looks like a rule's code in a text, but for the path of a drawing. */
function codesIn(text: string): string[] {
  const words = text.replace(/(["'])M\d+[ ,.][\d ,.MmLlHhVvCcSsQqTtAaZz-]*\1/g, '')
  return [...words.matchAll(new RegExp(`(?<![\\w%#.-])[${GROUPS}][1-9]\\d?(?![\\w%.-]\\w|\\w)`, 'g'))].map(
    ([code]) => code,
  )
}

/** Codes at the head of a title: `[S4] [D5] …`. */
function titledIn(text: string): string[] {
  const heads = [...text.matchAll(/['"`]((?:\[[A-Z]\d*\] )+)/g)].map(([, head = '']) => head)
  return heads.flatMap((head) => [...head.matchAll(/[A-Z]\d*/g)].map(([code]) => code))
}

test('every code that the project mentions is a rule of docs/contract.md', () => {
  const known = new Set(rules)
  const unknown = files.flatMap(({ path, text }) =>
    [...codesIn(text), ...(path.startsWith('test/') ? titledIn(text) : [])]
      .filter((code) => !known.has(code))
      .map((code) => `${path}: ${code}`),
  )
  expect(unknown).toEqual([])
})

test('every rule is in the title of a test', () => {
  const titled = new Set(files.filter(({ path }) => path.startsWith('test/')).flatMap(({ text }) => titledIn(text)))
  expect(rules.filter((code) => !titled.has(code))).toEqual([])
})

test('the rules of a group are numbered without a gap, and stand once', () => {
  const numbered = rules.filter((code) => code.length > 1)
  for (const group of new Set(numbered.map(([letter]) => letter))) {
    const numbers = numbered.filter(([letter]) => letter === group).map((code) => Number(code.slice(1)))
    expect(numbers, group).toEqual(numbers.map((_, i) => i + 1))
  }
  expect(new Set(rules).size).toBe(rules.length)
})

test('every link to a rule leads to one', () => {
  const anchors = new Set([...contract.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)))
  const here = [...contract.matchAll(/\]\(#([^)]+)\)/g)]
  const elsewhere = files.flatMap(({ text }) => [...text.matchAll(/contract\.md#([\w-]+)/g)])
  expect([...here, ...elsewhere].map(([, anchor = '']) => anchor).filter((anchor) => !anchors.has(anchor))).toEqual([])
})

test('[X1] the codes and statuses there are those of the code', () => {
  const table = [...contract.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|$/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ])
  expect(table).toEqual(ERROR_CODES.map((code) => [code, new BatonError(code, '').status]))
})

test('[E] the client events there are those of the code', () => {
  const [, table = ''] = /^\| client → gateway(.*?)\n\n/ms.exec(contract) ?? []
  expect([...table.matchAll(/^\| `([a-z:]+)`/gm)].map(([, event]) => event)).toEqual(Object.keys(requestSchemas))
})

test('[R4] the defaults there are those of the code', () => {
  const settings: Record<string, unknown> = readSettings({})
  const told = [...contract.matchAll(/`([A-Z_]+)`[^`]*?\(default ([\d.]+)[,)]/g)]
  const checked = told.filter(([, name = '']) => name in settings)
  expect(checked.length).toBeGreaterThan(10)
  for (const [, name = '', value] of checked) expect(value, name).toBe(String(settings[name]))
})

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
