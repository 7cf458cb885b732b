// Tells whether what was made from the sources is still theirs. Plain JavaScript: it runs before anything is installed.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const FINGERPRINT = join(root, 'dist/.fingerprint')
const BUILD_INPUTS = ['src', 'deploy/build.mjs', 'deploy/tsconfig.build.json', 'tsconfig.json', 'package-lock.json']

/** Names every file that the build reads, with its size and time: what changes it is an edit, a checkout or a deletion. */
export function sourcesFingerprint() {
  const hash = createHash('sha256')
  for (const path of BUILD_INPUTS.flatMap(filesUnder).sort()) {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

export function isBuildFresh() {
  return readOrNull(FINGERPRINT) === sourcesFingerprint()
}

/** Written into a build, so that it is known later what it was made from. */
export function markBuild(directory, fingerprint) {
  writeFileSync(join(directory, '.fingerprint'), fingerprint)
}

/** Whether node_modules holds just the versions that package-lock.json names. */
export function arePackagesFresh() {
  const installed = readOrNull(join(root, 'node_modules/.package-lock.json'))
  if (installed === null) return false
  const present = JSON.parse(installed).packages
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const isThere = ([path, entry]) =>
    path === '' ||
    (present[path] ? present[path].version === entry.version : Boolean(entry.optional || entry.devOptional))
  return Object.entries(wanted).every(isThere)
}

function filesUnder(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
