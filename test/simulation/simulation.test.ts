import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { planFor } from './batch.ts'
import { Campaign } from './campaign.ts'
import { planOf } from './plan.ts'
import { run } from './run.ts'
import { SEEDS } from './seeds.ts'
import { shrink } from './shrink.ts'
import { TWINS, type Twin } from './twins.ts'

const RUNS = Number(process.env.SIMULATION_RUNS ?? 70_000)
const LIMIT_MS = 900_000
/** A twin breaks a rule within so many seeds. */
const TWIN_SEEDS = 5000

test.for(SEEDS)('[F1] [F2] [D2] seed $seed, which once broke a rule: $because', async ({ seed, as, dies = false }) => {
  const plan = as === undefined ? planOf(seed) : planFor(seed, as === 'alone')
  const die = dies ? plan.rates.die : 0
  expect((await run({ ...plan, rates: { ...plan.rates, die } })).violation).toBeNull()
})

test('the same seed gives the same run, to the last step', async () => {
  for (const seed of [1, 2, 3, 5, 8]) {
    const [one, other] = [await run(planOf(seed), { traced: true }), await run(planOf(seed), { traced: true })]
    expect(other).toEqual(one)
    expect((await run(planOf(seed))).fingerprint).toBe(one.fingerprint)
  }
})

const CAMPAIGNS = [
  { rules: '[D1] [D2] [F1] [F2] [F4]', runs: RUNS, alone: false },
  { rules: '[G1] [G2] [G4] [G5]', runs: RUNS / 10, alone: true },
]

test.for(CAMPAIGNS)('$rules none of $runs schedules breaks a rule', { timeout: LIMIT_MS }, async ({ runs, alone }) => {
  // The same schedules every time: `npm run simulate` hunts for new ones, and what it finds stands in seeds.ts.
  const seed = Number(process.env.SIMULATION_SEED ?? 1_000_000)
  const minutes = Number.POSITIVE_INFINITY
  const campaign = new Campaign({ seed, runs, minutes, workers: availableParallelism(), alone, trace: false })
  const failed = await campaign.play()
  expect(failed, `npm run simulate -- --seed ${failed} --trace${alone ? ' --alone' : ''}`).toBeNull()
  expect(campaign.tally.runs).toBe(runs)
})

test.for(Object.entries(TWINS))('without %s the checker finds a violation', async ([, twin]) => {
  const seed = await firstFailing(twin)
  expect(seed).toBeLessThan(TWIN_SEEDS)
  const { plan, outcome } = await shrink(planFor(seed, false), { twin })
  expect(outcome.violation).not.toBeNull()
  expect(plan.faults.length).toBeLessThanOrEqual(planFor(seed, false).faults.length)
})

async function firstFailing(twin: Twin): Promise<number> {
  let seed = 0
  while (seed < TWIN_SEEDS && (await run(planFor(seed, false), { twin })).violation === null) seed++
  return seed
}
