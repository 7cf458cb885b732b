import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SettingsError } from '../config/settings.ts'

const PARTS = ['logs', 'redis', 'nginx']
/** nginx's own directory is open to its workers. */
const PRIVATE_PARTS = ['logs', 'redis']

/**
 * Makes the data directory and its parts, for their owner alone: they hold conversations and Redis's password. From then
 * on whatever this process and its children write is for their user only. Gives its path without symbolic links, as the
 * kernel names it where a process works there. Throws `SettingsError` where that cannot be.
 */
export function openDataDirectory(dataDir: string): string {
  process.umask(0o077)
  try {
    makeDirectory(dataDir)
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    if (isOurs(dataDir)) chmodSync(dataDir, 0o700)
    for (const part of PARTS) mkdirSync(join(dataDir, part), { recursive: true })
    for (const part of PRIVATE_PARTS) makePrivate(join(dataDir, part))
    return realpathSync(dataDir)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SettingsError(`DATA_DIR=${JSON.stringify(dataDir)}: must be a directory that can be written (${reason})`)
  }
}

/** With what is above it. Node's own way of doing that does not return where the system says ENOENT for good, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  if (lstatSync(path, { throwIfNoEntry: false })) throw new Error(`${JSON.stringify(path)} is a link to nothing`)
  const above = dirname(path)
  if (above !== path) makeDirectory(above)
  mkdirSync(path)
}

/** An empty directory or one of an earlier stack. Another's, such as /tmp, stays as open as it is. */
function isOurs(directory: string): boolean {
  const names = readdirSync(directory)
  return names.length === 0 || PARTS.every((part) => names.includes(part))
}

/** Also what an earlier version left open. */
function makePrivate(directory: string): void {
  chmodSync(directory, 0o700)
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() || entry.isDirectory()) chmodSync(path, lstatSync(path).mode & 0o700)
  }
}
