import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Run } from '../comparison.ts'
import { spreadOf } from '../lib/statistics.ts'
import type { Plan } from '../options.ts'
import { pageOf } from './page.ts'
import { type Goal, goalsOf, type Row, summarise } from './summary.ts'

/** All that a comparison found. */
export interface Report {
  /** ISO 8601. */
  readonly at: string
  /** The load and the machine, in a sentence. */
  readonly settings: string
  /** How quiet the machine was, in a sentence. */
  readonly disturbance: string
  readonly rows: readonly Row[]
  readonly goals: readonly Goal[]
  readonly runs: readonly Run[]
}

export function settingsOf({ full, rounds, profile }: Plan): string {
  const { streams, rate, seconds } = full
  const load = `${streams} streams x ${rate} tokens/s, ${seconds} s${profile ? '' : ` in each of ${rounds} rounds`}`
  return `${load}; Node.js ${process.versions.node}, ${availableParallelism()} cores`
}

export function reportOf(plan: Plan, runs: readonly Run[]): Report {
  const rows = summarise(plan, runs)
  const others = spreadOf(runs.map(({ full }) => 100 * full.cores.others))
  return {
    at: new Date().toISOString(),
    settings: settingsOf(plan),
    disturbance: `What else ran on the machine took ${others.min.toFixed(0)} to ${others.max.toFixed(0)} % of a core.`,
    rows,
    goals: goalsOf(rows),
    runs,
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
