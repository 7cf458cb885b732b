import { inspect } from 'node:util'
import type { Tally } from './campaign.ts'
import type { Plan } from './plan.ts'
import type { Outcome } from './run.ts'

const number = new Intl.NumberFormat('en')

export function progressOf({ runs, steps, mishaps, ms }: Tally, elapsedMs: number): string {
  const rate = Math.round(runs / (elapsedMs / 1000))
  return [
    `${number.format(runs)} schedules`,
    `${number.format(rate)}/s`,
    `${number.format(steps)} steps`,
    `${number.format(mishaps)} mishaps`,
    `${number.format(Math.round(ms / 3_600_000))} simulated hours`,
  ].join(', ')
}

/** A run that broke a rule: what it was, what happened, and how to see it again. */
export function reportOf(seed: number, plan: Plan, { violation, trace }: Outcome): string {
  const { spared, ...rest } = plan
  const left = { ...rest, spared: spared.length }
  return [
    `Seed ${seed} breaks a rule. The smallest run that was found:`,
    inspect(left, { depth: 6, breakLength: 120 }),
    '',
    ...trace,
    '',
    violation === null
      ? 'No rule was broken.'
      : `[${violation.rule}] ${violation.text}, after ${violation.at.toFixed(1)} ms`,
    `The whole run: npm run simulate -- --seed ${seed}${plan.fallback ? ' --alone' : ''} --trace`,
  ].join('\n')
}
