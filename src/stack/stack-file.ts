import { readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { sep } from 'node:path'
import { z } from 'zod'
import { killGroup } from './child.ts'

const processEntry = z.object({ port: z.number(), pid: z.number() })

/** What `$DATA_DIR/stack.json` holds while a stack runs (R2). */
const stackRecord = z.object({
  url: z.string(),
  redis: processEntry.extend({ url: z.string() }).optional(),
  nginx: processEntry,
  model: processEntry.optional(),
  replicas: z.array(processEntry.extend({ id: z.string() })),
})
export type StackRecord = z.infer<typeof stackRecord>

/** Readers see the file before or after, never half of it. It holds Redis's password, so it is for its owner alone. */
export function writeStackFile(path: string, record: StackRecord): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Undefined where there is none, or none that can be read. */
export function readStackFile(path: string): StackRecord | undefined {
  try {
    return stackRecord.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

export function removeStackFile(path: string): void {
  rmSync(path, { force: true })
}

/**
 * Ends what a stack whose supervisor and guard were both killed has left running: two Redis on one append-only file
 * would ruin it. A process counts as that stack's only if it works inside `dataDir`, as its number may be another's by now.
 */
export function endLeftovers(path: string, dataDir: string): void {
  const record = readStackFile(path)
  const processes = record
    ? [record.nginx, record.model, record.redis, ...record.replicas].flatMap((one) => one ?? [])
    : []
  for (const { pid } of processes) if (worksInside(pid, dataDir)) killGroup(pid)
  removeStackFile(path)
}

function worksInside(pid: number, directory: string): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}${sep}`.startsWith(`${directory}${sep}`)
  } catch {
    return false
  }
}
