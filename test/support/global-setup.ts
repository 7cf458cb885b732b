import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Builds dist/ where the sources have changed since; two runs that start at once build it once. */
export default function setup(): void {
  const build = join(import.meta.dirname, '../../deploy/build.mjs')
  execFileSync(process.execPath, [build], { stdio: ['ignore', 'inherit', 'inherit'] })
}
