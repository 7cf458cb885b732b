import type { Totals } from './lab.ts'
import { percentile, type Recovery } from './recovery.ts'

/** One line while it runs. */
export function progressLine(totals: Totals, elapsedSeconds: number): string {
  const { rounds, answers, characters } = totals
  return `${elapsedSeconds.toFixed(0).padStart(5)} s  ${rounds} rounds, ${faultCount(totals)} faults, ${answers} answers, ${characters} characters, ${totals.violations.length} violations`
}

/** Counts, recovery times, and what was violated. */
export function reportOf(totals: Totals): string {
  const { rounds, answers, characters, entries, faults, recoveries, violations } = totals
  const lines = [
    `${answers} answers of ${characters} characters in ${rounds} rounds; ${entries} entries of history checked`,
    `${faultCount(totals)} faults: ${[...faults].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    '',
    'From the fault (a drain: from the last text) to the next new text at a client, in ms; the model itself takes 12 of them',
    row('', 'clients', 'p50', 'p90', 'p99', 'max'),
    ...recoveryRows(recoveries),
    '',
    ...violations.flatMap(({ rule, what, excerpt, seed }) => [
      `VIOLATION ${rule}: ${what}`,
      `  found in the round of --seed ${seed}`,
      ...excerpt.map((line) => `  ${line}`),
      '',
    ]),
    `${violations.length} violations`,
  ]
  return lines.join('\n')
}

function recoveryRows(recoveries: readonly Recovery[]): string[] {
  const kinds = [...new Set(recoveries.map(({ fault }) => fault))].sort()
  return kinds.flatMap((fault) =>
    [true, false].flatMap((lostConnection) => {
      const all = recoveries.filter((one) => one.fault === fault && one.lostConnection === lostConnection)
      const name = `${fault}, ${lostConnection ? 'connection lost' : 'client elsewhere'}`
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
