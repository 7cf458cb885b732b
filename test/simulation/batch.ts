import { aloneOf, denseOf, type Plan, planOf } from './plan.ts'
import { run } from './run.ts'

/** Seeds from `from`, `count` of them. */
export interface Batch {
  readonly from: number
  readonly count: number
  /** Replicas go on alone while the store is away (G). */
  readonly alone: boolean
}

export interface BatchResult {
  readonly runs: number
  readonly steps: number
  readonly mishaps: number
  /** Simulated milliseconds. */
  readonly ms: number
  /** The first that broke a rule; the batch ends there. */
  readonly failedSeed: number | null
}

/** Every so many plans one takes its time. */
const UNHURRIED = 16

export function planFor(seed: number, alone: boolean): Plan {
  const whole = planOf(seed)
  const plan = seed % UNHURRIED === 0 ? whole : denseOf(whole)
  return alone ? aloneOf(plan) : plan
}

export async function playBatch({ from, count, alone }: Batch): Promise<BatchResult> {
  let [runs, steps, mishaps, ms] = [0, 0, 0, 0]
  for (let seed = from; seed < from + count; seed++) {
    const outcome = await run(planFor(seed, alone))
    runs++
    steps += outcome.steps
    mishaps += outcome.mishaps
    ms += outcome.ms
    if (outcome.violation !== null) return { runs, steps, mishaps, ms, failedSeed: seed }
  }
  return { runs, steps, mishaps, ms, failedSeed: null }
}
