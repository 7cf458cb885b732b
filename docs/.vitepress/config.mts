import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { defineConfig } from 'vitepress'
import { ELSEWHERE, FILES, root } from './pages.mts'

const docs = join(root, 'docs')
/** All pages, each at its place on the site; `npm run docs` empties it first. */
const staged = join(docs, 'site')

const SECTIONS = [
  { text: 'Start', pages: ['quickstart', 'concepts', 'comparison'] },
  { text: 'Build', pages: ['widget', 'sdk', 'nextjs', 'authentication', 'lists', 'clients', 'http'] },
  { text: 'What answers', pages: ['providers', 'model', 'retriever'] },
  {
    text: 'Run it',
    pages: [
      'operations',
      'admin',
      'kubernetes',
      'monitoring',
      'metrics',
      'troubleshooting',
      'failover',
      'performance',
      'scale',
      'upgrade',
    ],
  },
  {
    text: 'Know it',
    pages: ['architecture', 'contract', 'conformance', 'protocol', 'contributing', 'security', 'changelog'],
  },
]

/** The page of the site that a file of the repository is; null where it is none. */
function pageOf(file: string): string | null {
  return ELSEWHERE[file] ?? (/^docs\/[\w-]+\.md$/.test(file) ? file.slice('docs/'.length) : null)
}

function sourceOf(page: string): string {
  return Object.entries(ELSEWHERE).find(([, name]) => name === page)?.[0] ?? `docs/${page}`
}

function titleOf(page: string): string {
  const [, title = page] = /^# (.+)$/m.exec(readFileSync(join(root, sourceOf(page)), 'utf8')) ?? []
  return title
}

stage()

const entry = (name: string) => ({ text: titleOf(`${name}.md`), link: `/${name}` })
const isThere = (name: string) => existsSync(join(root, sourceOf(`${name}.md`)))
const examples = Object.values(ELSEWHERE)
  .filter((page) => page.startsWith('examples/'))
  .sort()
const api = existsSync(join(staged, 'api'))

export default defineConfig({
  title: 'Baton',
  description: 'A chat gateway whose answers outlive the process that writes them.',
  lang: 'en',
  ignoreDeadLinks: 'localhostLinks',
  cleanUrls: true,
  srcDir: staged,
  outDir: join(root, 'artifacts/site'),
  cacheDir: join(docs, 'node_modules/.vitepress'),
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    config(md) {
      md.core.ruler.push('repository-links', ({ tokens, env }) => {
        for (const { children } of tokens) for (const token of children ?? []) pointAtPage(token, env.relativePath)
      })
      const fence = md.renderer.rules.fence
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const token = tokens[index]
        if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, ...rest) ?? ''
        return `<Mermaid code="${encodeURIComponent(token.content)}" />`
      }
    },
  },
  vite: { build: { chunkSizeWarningLimit: 3000 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Quickstart', link: '/quickstart' },
      { text: 'SDK', link: '/sdk' },
      { text: 'Operations', link: '/operations' },
    ],
    sidebar: [
      ...SECTIONS.map(({ text, pages }) => ({ text, items: pages.filter(isThere).map(entry) })),
      { text: 'Examples', collapsed: true, items: examples.map((page) => entry(page.slice(0, -'.md'.length))) },
      ...(api ? [{ text: 'API', items: [{ text: 'Types of the client', link: '/api/' }] }] : []),
    ],
    footer: { message: 'MIT licence' },
  },
  buildEnd: ({ outDir }) => writeForModels(outDir),
})

/** Puts the pages together: VitePress finds its own packages from within docs/ only. */
function stage(): void {
  mkdirSync(join(staged, 'examples'), { recursive: true })
  for (const [file, place] of FILES) cpSync(join(root, file), join(staged, place))
}

/** Links of the repository's files become links of the site's pages; to a file that is no page there is no link. */
function pointAtPage(
  token: { type: string; attrGet(name: string): string | null; attrSet(name: string, value: string): void },
  page: string,
): void {
  const href = token.type === 'link_open' ? token.attrGet('href') : null
  if (page.startsWith('api/') || href === null || /^([a-z]+:|#|\/)/.test(href)) return
  const [path = '', anchor] = href.split('#')
  const target = relative(root, join(root, dirname(sourceOf(page)), path))
  const found = pageOf(target)
  token.attrSet('href', found === null ? '#' : `/${found.replace(/(index)?\.md$/, '')}${anchor ? `#${anchor}` : ''}`)
}

/** `llms.txt` names every page with its first sentence, `llms-full.txt` has them all, and each page is there as Markdown. */
function writeForModels(outDir: string): void {
  const pages = [
    ...SECTIONS.flatMap(({ pages }) => pages)
      .filter(isThere)
      .map((name) => `${name}.md`),
    ...examples,
  ]
  const texts = pages.map((page) => ({ page, text: readFileSync(join(root, sourceOf(page)), 'utf8') }))
  const lines = texts.map(({ page, text }) => `- [${titleOf(page)}](/${page}): ${firstSentence(text)}`)
  const head = '# Baton\n\n> A chat gateway whose answers outlive the process that writes them.\n'
  writeFileSync(join(outDir, 'llms.txt'), `${head}\n${lines.join('\n')}\n`)
  writeFileSync(join(outDir, 'llms-full.txt'), texts.map(({ text }) => text).join('\n\n'))
  for (const { page, text } of texts) {
    mkdirSync(dirname(join(outDir, page)), { recursive: true })
    writeFileSync(join(outDir, page), text)
  }
}

function firstSentence(text: string): string {
  const paragraph = text.split('\n\n').find((part) => /^[A-Z`*]/.test(part)) ?? ''
  return paragraph.replaceAll('\n', ' ').split(/(?<=[.:]) /)[0] ?? ''
}
