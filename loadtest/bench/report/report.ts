import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import type { Results } from '../run.ts'
import type { Finding } from './finding.ts'
import { pageOf } from './page.ts'

/** All that a run found. */
export interface Report {
  /** ISO 8601. */
  readonly at: string
  /** Where it ran and for how long, in a sentence. */
  readonly machine: string
  /** Why something was left out, a sentence each. */
  readonly skipped: readonly string[]
  readonly findings: readonly Finding[]
}

export function reportOf({ findings, seconds }: Results, skipped: readonly string[]): Report {
  const processor = cpus()[0]?.model.trim() || 'a processor of unknown make'
  return {
    at: new Date().toISOString(),
    machine: `Node.js ${process.versions.node} on ${availableParallelism()} cores of ${processor}; ${(seconds / 60).toFixed(1)} minutes.`,
    skipped,
    findings,
  }
}

/** Writes the report as JSON and as a page, and gives their paths. */
export function writeReport(report: Report, directory: string): string[] {
  mkdirSync(directory, { recursive: true })
  const name = join(directory, `bench-${report.at.slice(0, 19).replaceAll(':', '-')}`)
  const files = [
    [`${name}.json`, JSON.stringify(report, null, 2)],
    [`${name}.html`, pageOf(report)],
  ] as const
  for (const [path, content] of files) writeFileSync(path, content)
  return files.map(([path]) => path)
}
