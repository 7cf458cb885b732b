/** What the runner says of the system under load (loadtest/run.ts). */

/** nginx. */
export const front = env('BATON_URL')
/** The replicas' own addresses; nginx's where the runner did not start them. */
export const replicas = env('BATON_REPLICAS').split(',')
/** Where the runner takes orders to kill a replica; empty where it must not. */
export const stagehand = __ENV.BATON_STAGEHAND ?? ''
export const users = Number(env('BATON_USERS'))
export const seconds = Number(env('BATON_SECONDS'))
/** Limits on times are so many times as long. */
const slack = Number(env('BATON_SLACK'))
/** The model answers with exactly what `counting` expects. */
export const isExact = __ENV.BATON_EXACT === '1'

/** A threshold on a percentile of a time, in milliseconds. */
export function within(percentile: number, ms: number): string {
  return `p(${percentile})<=${ms * slack}`
}

function env(name: string): string {
  const value = __ENV[name]
  if (value === undefined) throw new Error(`${name} is missing: run this by npm run loadtest`)
  return value
}

/** A question, and what the demo model says to it. */
export function counting(first: number, last: number): { question: string; answer: string } {
  const lines: string[] = []
  for (let n = first; n <= last; n += 10) {
    lines.push(Array.from({ length: Math.min(10, last - n + 1) }, (_, i) => n + i).join(', '))
  }
  return { question: `Count from ${first} to ${last}`, answer: lines.join(',\n') }
}

/** From `low` up to, but not including, `high`. */
export function between(low: number, high: number): number {
  return low + Math.random() * (high - low)
}

export function anyOf<T>(choices: readonly T[]): T {
  const choice = choices[Math.floor(Math.random() * choices.length)]
  if (choice === undefined) throw new Error('nothing to choose from')
  return choice
}
