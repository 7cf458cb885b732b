import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Pages that live elsewhere in the tree, by the name that they have on the site. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'src/protocol/SPEC.md': 'protocol.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security.md',
  'CHANGELOG.md': 'changelog.md',
  ...Object.fromEntries(
    readdirSync(join(root, 'examples')).map((name) => [`examples/${name}/README.md`, `examples/${name}.md`] as const),
  ),
}

/** Each file of the site, by its path in the repository: pages and pictures. */
export const FILES: ReadonlyMap<string, string> = new Map([
  ...filesOf('docs', '.md').map((name) => [`docs/${name}`, name] as const),
  ...filesOf('docs/img', '').map((name) => [`docs/img/${name}`, `img/${name}`] as const),
  ...Object.entries(ELSEWHERE),
])

function filesOf(directory: string, ending: string): string[] {
  return readdirSync(join(root, directory)).filter((name) => name.endsWith(ending))
}
