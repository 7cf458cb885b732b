import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { FILES } from '../../docs/.vitepress/pages.mts'

const root = join(import.meta.dirname, '../..')
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
/** A path of the repository, as prose names it. */
const NAMED = /`((?:src|test|docs|examples|deploy|loadtest)\/[\w./-]*\w\/?)`/g

test.each(pages)('%s: what it links to is there, and so is every path that it names', (page) => {
  const text = proseOf(readFileSync(join(root, page), 'utf8'))
  const broken = linksOf(text).filter((link) => !leadsSomewhere(page, link))
  const missing = [...text.matchAll(NAMED)].map(([, path = '']) => path).filter((path) => !isThere(page, path))
  expect({ broken, missing }).toEqual({ broken: [], missing: [] })
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
  const code = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src/*.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)))
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
