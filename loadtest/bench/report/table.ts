import type { Spread } from '../lib/statistics.ts'
import type { Goal, Row } from './summary.ts'

/** A row's figures as they are shown, under the titles of `COLUMNS`. */
export function cellsOf(row: Row): string[] {
  const { app, redis, all, toRelay, toPlain, idle, loaded, deltasPerToken, bytesPerToken, delivered, faults } = row
  return [
    row.system,
    app.median.toFixed(1),
    redis.median.toFixed(1),
    spreadText(all, 1),
    toRelay ? spreadText(toRelay, 2) : '-',
    toPlain ? spreadText(toPlain, 2) : '-',
    `${idle.p50.median.toFixed(2)} / ${idle.p99.median.toFixed(2)}`,
    `${loaded.p50.median.toFixed(1)} / ${loaded.p99.median.toFixed(0)}`,
    deltasPerToken.median.toFixed(2),
    bytesPerToken.median.toFixed(0),
    `${(100 * delivered.median).toFixed(0)} %`,
    String(faults),
  ]
}

export const COLUMNS = [
  'system',
  'app µs',
  'Redis µs',
  'both µs (min-max)',
  'to relay',
  'to plain',
  'idle p50 / p99 ms',
  'loaded p50 / p99 ms',
  'deltas',
  'bytes',
  'kept up',
  'faults',
] as const

/** The table for a terminal; per token where it does not say otherwise. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [[...COLUMNS], ...rows.map(cellsOf)]
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((cells) => (cells[i] ?? '').length)))
  return lines
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((cells) => cells.join('  '))
    .join('\n')
}

export function goalText({ text, value, limit }: Goal): string {
  return `${value <= limit ? 'reached    ' : 'NOT REACHED'}  ${text}: ${value.toFixed(2)}, to be at most ${limit}`
}

function spreadText({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`
}
