import { availableParallelism, cpus } from 'node:os'
import type { Results } from '../run.ts'
import type { Finding } from './finding.ts'

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
