import type { Spread } from '../lib/statistics.ts'
import type { Latency } from '../measure.ts'
import type { Cost } from '../usage.ts'
import type { Bar, Goal } from './finding.ts'

/** How figures are written. */

/** What there is nothing to say of. */
export const NONE = '-'

export function spreadText(spread: Spread | undefined, digits: number): string {
  if (spread === undefined) return NONE
  const { median, min, max } = spread
  const [m, low, high] = [median, min, max].map((value) => value.toFixed(digits))
  return low === high ? `${m}` : `${m} (${low}-${high})`
}

export const median = (spread: Spread | undefined, digits: number) => spread?.median.toFixed(digits) ?? NONE
export const percent = (share: number) => `${(share * 100).toFixed(0)} %`
export const latencyText = ({ p50, p99 }: Latency) => `${ms(p50)} / ${ms(p99)}`
export const kib = (bytes: number) => (bytes / 1024).toFixed(1)
export const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(0)

/** Milliseconds with as many digits as they are worth. */
export function ms(value: number): string {
  if (Number.isNaN(value)) return NONE
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

/** A bar of what a token costs, by who pays it. */
export function costBar(label: string, cost: Cost, spread: Spread | undefined): Bar {
  return {
    label,
    parts: [
      { name: 'app', value: cost.app },
      { name: 'Redis or NATS', value: cost.store },
      { name: 'nginx', value: cost.nginx },
    ],
    ...(spread && { min: spread.min, max: spread.max }),
  }
}

/** A bar of a p50 and, beyond it, the p99. */
export function latencyBar(label: string, { p50, p99 }: Latency): Bar {
  return {
    label,
    parts: [
      { name: 'p50', value: p50 || 0 },
      { name: 'p99', value: Math.max(0, p99 - p50) || 0 },
    ],
  }
}

/** A goal, where what it takes was measured. */
export function goal(text: string, value: number | undefined, limit: number): Goal[] {
  return value === undefined || Number.isNaN(value) ? [] : [{ text, value, limit }]
}
