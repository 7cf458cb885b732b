import { CHECKS } from './checks.ts'
import type { Setup } from './servers.ts'

/** What became of a setup: the result of each check by its name, or why there is none. */
export interface Outcome {
  readonly setup: Setup
  readonly results?: Readonly<Record<string, string>>
  readonly skipped?: string
}

/** The table that docs/providers.md shows, and why something is not in it. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ setup, results }) => {
    const { name, package: wanted, questions } = setup
    const cells = CHECKS.map((check) => results?.[check.name] ?? 'skipped')
    return [name, wanted.version, String(questions), ...cells]
  })
  const reasons = outcomes.flatMap(({ setup, skipped }) => (skipped ? [`${setup.name} was skipped: ${skipped}.`] : []))
  return [markdown([['server', 'version', 'questions', ...CHECKS.map(({ name }) => name)], ...rows]), ...reasons].join(
    '\n',
  )
}

function markdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
