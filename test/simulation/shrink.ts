import { isDeepStrictEqual } from 'node:util'
import type { Plan, Rates } from './plan.ts'
import { type Outcome, type RunOptions, run } from './run.ts'

/** Runs that shrinking may take; each takes about a millisecond. */
const BUDGET = 3000

/** The smallest plan that could be found which still breaks the same rule, and how it ends. */
export async function shrink(plan: Plan, options: RunOptions = {}): Promise<{ plan: Plan; outcome: Outcome }> {
  const rule = (await run(plan, options)).violation?.rule
  let smallest = plan
  let left = BUDGET
  const fails = async (candidate: Plan): Promise<boolean> => {
    if (left-- <= 0) return false
    return (await run(candidate, options)).violation?.rule === rule
  }
  for (let shrunk = true; shrunk && left > 0; ) {
    shrunk = false
    for (const candidate of smallerThan(smallest)) {
      if (isDeepStrictEqual(candidate, smallest) || !(await fails(candidate))) continue
      smallest = candidate
      shrunk = true
      break
    }
  }
  smallest = await withoutMishaps(smallest, options, fails)
  return { plan: smallest, outcome: await run(smallest, { ...options, traced: true }) }
}

/** Plans with one thing less, what explains most first. */
function* smallerThan(plan: Plan): Generator<Plan> {
  for (const name of Object.keys(plan.rates) as (keyof Rates)[]) {
    if (plan.rates[name] > 0) yield { ...plan, rates: { ...plan.rates, [name]: 0 } }
  }
  for (const i of plan.faults.keys()) yield { ...plan, faults: plan.faults.toSpliced(i, 1) }
  for (const [i, client] of plan.clients.entries()) {
    for (const j of client.asks.keys()) {
      const asks = client.asks.toSpliced(j, 1)
      yield { ...plan, clients: plan.clients.with(i, { ...client, asks }) }
    }
    for (const [j, ask] of client.asks.entries()) {
      for (const simpler of [
        { stopAfterMs: null },
        { hopAfterMs: null },
        { awayAfterMs: null },
        { regenerate: false },
      ]) {
        const asks = client.asks.with(j, { ...ask, ...simpler })
        yield { ...plan, clients: plan.clients.with(i, { ...client, asks }) }
      }
    }
  }
  if (plan.clients.length > 1) yield { ...plan, clients: plan.clients.slice(0, -1) }
  if (plan.replicas > 2) yield { ...plan, replicas: plan.replicas - 1 }
  if (plan.fallback) yield { ...plan, fallback: false }
  if (plan.cluster) yield { ...plan, cluster: false }
}

/** Leaves out the mishaps of the dice, in halves, quarters and so on, then one by one. */
async function withoutMishaps(
  plan: Plan,
  options: RunOptions,
  fails: (candidate: Plan) => Promise<boolean>,
): Promise<Plan> {
  const { mishaps } = await run(plan, options)
  let smallest = plan
  for (let size = Math.ceil(mishaps / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < mishaps; from += size) {
      const chunk = Array.from({ length: Math.min(size, mishaps - from) }, (_, i) => from + i)
      const spared = [...new Set([...smallest.spared, ...chunk])]
      if (spared.length === smallest.spared.length) continue
      const candidate = { ...smallest, spared }
      if (await fails(candidate)) smallest = candidate
    }
  }
  return smallest
}
