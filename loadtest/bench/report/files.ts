import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageOf } from './page.ts'
import type { Report } from './report.ts'

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
