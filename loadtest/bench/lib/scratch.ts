import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory that is gone after `remove`, or when the bench ends. */
export interface Scratch {
  readonly path: string
  remove(): void
}

export function scratch(name: string): Scratch {
  const path = mkdtempSync(join(tmpdir(), `baton-bench-${name}-`))
  const forget = () => rmSync(path, { recursive: true, force: true })
  process.once('exit', forget)
  return {
    path,
    remove() {
      process.off('exit', forget)
      forget()
    },
  }
}
