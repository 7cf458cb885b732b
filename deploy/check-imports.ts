// Tells every import in src/ that import-rules.ts does not allow, and then fails. Cycles are Biome's to find.
import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'vite'
import { homes, rooms } from './import-rules.ts'

/** A sentence on each import of a file that is not allowed. `path` is below src/, with slashes. */
export function wrongImports(path: string, code: string): string[] {
  const room = roomOf(path)
  if (room === '' && path.includes('/')) return [`src/${path}: is in no room of deploy/import-rules.ts`]
  return importsOf(path, code).flatMap((name) => {
    const reason = name.startsWith('.')
      ? wrongFile(room, posix.join(posix.dirname(path), name))
      : wrongPackage(room, name)
    return reason === null ? [] : [`src/${path}: must not import ${name}: ${reason}`]
  })
}

function wrongFile(room: string, target: string): string | null {
  const allowed = rooms[room]
  if (allowed === undefined || target.startsWith('..')) return null
  const other = roomOf(target)
  return other === room || allowed.includes(other) ? null : `${room}/ may import ${listOf(allowed)} beside itself`
}

function wrongPackage(room: string, name: string): string | null {
  if (name.startsWith('node:')) return null
  const allowed = homes[name.split('/', name.startsWith('@') ? 2 : 1).join('/')] ?? []
  const isHome = allowed.some((home) => room === home || room.startsWith(`${home}/`))
  return isHome ? null : `it is for ${listOf(allowed)}`
}

const listOf = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.join(', '))

/** The innermost room that a file is in; '' for one that is in none. */
function roomOf(path: string): string {
  const folder = posix.dirname(path)
  if (folder === '.') return ''
  return Object.hasOwn(rooms, folder) ? folder : roomOf(folder)
}

/** What a file imports, types included. */
function importsOf(path: string, code: string): string[] {
  const { module, errors } = parseSync(path, code)
  if (errors[0] !== undefined) throw new Error(`src/${path}: ${errors[0].message}`)
  const { staticImports, staticExports, dynamicImports } = module
  const names = [...staticImports, ...staticExports.flatMap(({ entries }) => entries)].flatMap(
    ({ moduleRequest }) => moduleRequest?.value ?? [],
  )
  const dynamic = dynamicImports.map(({ moduleRequest: { start, end } }) => code.slice(start + 1, end - 1))
  return [...new Set([...names, ...dynamic])]
}

if (import.meta.main) {
  const source = join(import.meta.dirname, '../src')
  const wrong = globSync('**/*.{ts,tsx}', { cwd: source })
    .map((path) => path.replaceAll('\\', '/'))
    .flatMap((path) => wrongImports(path, readFileSync(join(source, path), 'utf8')))
  for (const sentence of wrong) console.error(sentence)
  process.exitCode = wrong.length === 0 ? 0 : 1
}
