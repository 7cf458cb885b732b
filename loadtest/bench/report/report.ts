import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Run } from '../comparison.ts'
import type { Plan } from '../options.ts'
import { pageOf } from './page.ts'
import { type Goal, goalsOf, type Row, summarise } from './summary.ts'

/** All that a comparison found. */
export interface Report {
  /** ISO 8601. */
  readonly at: string
  /** The load and the machine, in a sentence. */
  readonly settings: string
  readonly rows: readonly Row[]
  readonly goals: readonly Goal[]
  readonly runs: readonly Run[]
}

export function settingsOf({ full, rounds }: Plan): string {
  return `${full.streams} streams x ${full.rate} tokens/s, ${full.seconds} s, ${rounds} rounds; Node.js ${process.versions.node}, ${availableParallelism()} cores`
}

export function reportOf(plan: Plan, runs: readonly Run[]): Report {
  const rows = summarise(plan, runs)
  return { at: new Date().toISOString(), settings: settingsOf(plan), rows, goals: goalsOf(rows), runs }
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
