import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { FILES } from '../../docs/.vitepress/pages.mts'

const root = join(import.meta.dirname, '../..')
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
const pages = files.filter((path) => path.endsWith('.md'))
/** A path of the repository, as prose names it. */
const NAMED = /`((?:src|test|docs|examples|deploy|loadtest)\/[\w./-]*\w\/?)`/g
/** A file of the sources by its name, where the prose has said in which folder it is. */
const FILE = /`([\w/-]+\.(?:ts|tsx|lua))`/g

test.each(pages)('%s: what it links to is there, and so is every path that it names', (page) => {
  const text = proseOf(readFileSync(join(root, page), 'utf8'))
  const broken = linksOf(text).filter((link) => !leadsSomewhere(page, link))
  const missing = [...text.matchAll(NAMED)].map(([, path = '']) => path).filter((path) => !isThere(page, path))
  const nowhere = [...text.matchAll(FILE)].map(([, name = '']) => name).filter((name) => !isFile(name))
  expect({ broken, missing, nowhere }).toEqual({ broken: [], missing: [], nowhere: [] })
})

test('the site has every picture that its pages show', () => {
  const places = new Set(FILES.values())
  const shown = [...FILES].flatMap(([file, place]) => {
    if (!file.endsWith('.md')) return []
    const pictures = proseOf(readFileSync(join(root, file), 'utf8')).matchAll(/!\[[^\]]*\]\(([^)\s]+)\)/g)
    return [...pictures].map(([, path = '']) => join(dirname(place), path))
  })
  expect(shown).not.toEqual([])
  expect(shown.filter((path) => !places.has(path))).toEqual([])
})

/** From the top, or from the page: an example names its own files. */
function isThere(page: string, path: string): boolean {
  return existsSync(join(root, path)) || existsSync(join(root, dirname(page), path))
}

function isFile(name: string): boolean {
  return files.some((path) => path === name || path.endsWith(`/${name}`))
}

function linksOf(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => !/^[a-z]+:/.test(link))
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || anchorsOf(target).includes(anchor)
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(readFileSync(join(root, page), 'utf8')).matchAll(/^#+ (.+)$/gm)]
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Without blocks of code. */
function proseOf(text: string): string {
  return text.replace(/^```.*?^```/gms, '')
}

test('every text that docs/troubleshooting.md explains is one that the code says', () => {
  const code = files
    .filter((path) => path.startsWith('src/') && path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')
  const cells = [...readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').matchAll(/^\| (`.+?) \|/gm)]
  const texts = cells.flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text))
  expect(texts.length).toBeGreaterThan(30)
  const unknown = texts
    .flatMap((text) => text.split('…').map((part) => part.trim()))
    .filter((part) => !code.includes(part))
  expect(unknown).toEqual([])
})
