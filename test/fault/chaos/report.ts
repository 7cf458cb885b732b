import { type Found, killCount, type Totals } from './lab.ts'
import type { ChaosOptions } from './options.ts'
import { percentile, type Recovery } from './recovery.ts'

/** Before it runs. */
export function heading(options: ChaosOptions): string {
  const { seed, minutes, kills, replicas, conversations, everyMs, env, faults } = options
  return [
    `--seed ${seed}`,
    `${replicas} replicas behind nginx, ${conversations} conversations, LLM_API=${env.LLM_API}, ${minutes} min${kills > 0 ? ` and ${kills} SIGKILLs` : ''}; every ${everyMs} ms one of:`,
    `${faults.join(', ')}. A line per round:`,
    '',
    LINE.map(([name, width]) => name.padStart(width)).join(''),
  ].join('\n')
}

/** What a line tells while it runs, and how wide. */
const LINE = [
  ['time', 7],
  ['rounds', 8],
  ['faults', 8],
  ['SIGKILLs', 10],
  ['answers', 9],
  ['characters', 12],
  ['violations', 12],
] as const

/** One line while it runs. */
export function progressLine(totals: Totals, elapsedSeconds: number): string {
  const { rounds, answers, characters, violations } = totals
  const time = `${Math.floor(elapsedSeconds / 60)}:${String(Math.floor(elapsedSeconds % 60)).padStart(2, '0')}`
  const cells = [time, rounds, faultCount(totals), killCount(totals), answers, characters, violations.length]
  return LINE.map(([, width], i) => String(cells[i]).padStart(width)).join('')
}

/** Counts, recovery times, and what was violated. */
export function reportOf(totals: Totals): string {
  const { rounds, answers, characters, entries, faults, recoveries, violations } = totals
  const kinds = [...faults].sort(([, a], [, b]) => b - a)
  const lines = [
    `${answers} answers of ${characters} characters in ${rounds} rounds; ${entries} entries of history checked`,
    `${faultCount(totals)} faults, ${killCount(totals)} of them by SIGKILL: ${kinds.map(([name, count]) => `${name} ${count}`).join(', ')}`,
    '',
    ...recoveryTable(recoveries),
    ...violations.flatMap((violation, i) => violationLines(violation, isFirstOfItsRule(violations, i))),
    violations.length === 1 ? '1 violation' : `${violations.length} violations`,
  ]
  return lines.join('\n')
}

/** Each kind of violation is shown once with its history; of others of the kind it is told what they are. */
function violationLines({ rule, what, excerpt, seed }: Found, whole: boolean): string[] {
  const origin = seed === null ? [] : [`  found in the round of --seed ${seed}`]
  const head = `VIOLATION ${rule}: ${what}`
  return whole ? [head, ...origin, ...excerpt.map((line) => `  ${line}`), ''] : [head, ...origin, '']
}

function isFirstOfItsRule(violations: readonly Found[], at: number): boolean {
  return violations.findIndex(({ rule }) => rule === violations[at]?.rule) === at
}

function recoveryTable(recoveries: readonly Recovery[]): string[] {
  if (recoveries.length === 0) return []
  return [
    'From the fault (a drain: from the last text) to the next new text at a client, in ms; the model itself takes 12 of them',
    row('', 'clients', 'p50', 'p90', 'p99', 'max'),
    ...recoveryRows(recoveries),
    '',
  ]
}

function recoveryRows(recoveries: readonly Recovery[]): string[] {
  const kinds = [...new Set(recoveries.map(({ fault }) => fault))].sort()
  return kinds.flatMap((fault) =>
    [true, false].flatMap((onStruck) => {
      const all = recoveries.filter((one) => one.fault === fault && one.onStruck === onStruck)
      const name = `${fault}, ${onStruck ? 'client there' : 'client elsewhere'}`
      return [
        ...timesRow(
          name,
          all.filter(({ undisturbed }) => undisturbed),
        ),
        ...timesRow(
          `${name}, more faults meanwhile`,
          all.filter(({ undisturbed }) => !undisturbed),
        ),
      ]
    }),
  )
}

function timesRow(name: string, recoveries: readonly Recovery[]): string[] {
  if (recoveries.length === 0) return []
  const values = recoveries.map(({ ms }) => ms)
  const of = (p: number) => String(percentile(values, p))
  return [row(name, String(values.length), of(0.5), of(0.9), of(0.99), of(1))]
}

function row(name: string, ...cells: string[]): string {
  return `  ${name.padEnd(62)}${cells.map((cell) => cell.padStart(9)).join('')}`
}

function faultCount({ faults }: Totals): number {
  return [...faults.values()].reduce((sum, count) => sum + count, 0)
}
