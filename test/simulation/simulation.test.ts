import { expect, test } from 'vitest'
import { planOf } from './plan.ts'
import { run } from './run.ts'
import { SEEDS } from './seeds.ts'
import { shrink } from './shrink.ts'
import { TWINS, type Twin } from './twins.ts'

const TIME_MS = 15_000
/** A twin breaks a rule within so many seeds. */
const TWIN_SEEDS = 500

test.for(SEEDS)('[F1] [F2] [D2] seed $seed, which once broke a rule: $because', async ({ seed }) => {
  expect((await run(planOf(seed))).violation).toBeNull()
})

test('the same seed gives the same run, to the last step', async () => {
  for (const seed of [1, 2, 3, 5, 8]) {
    const [one, other] = [await run(planOf(seed), { traced: true }), await run(planOf(seed), { traced: true })]
    expect(other).toEqual(one)
    expect((await run(planOf(seed))).fingerprint).toBe(one.fingerprint)
  }
})

test('[D1] [D2] [F1] [F2] [F4] no schedule of the next ones breaks a rule', { timeout: 60_000 }, async () => {
  // The same schedules every time: `npm run simulate` hunts for new ones, and what it finds stands in seeds.ts.
  const base = Number(process.env.SIMULATION_SEED ?? 1_000_000)
  const endsAt = performance.now() + TIME_MS
  let runs = 0
  for (; performance.now() < endsAt; runs++) {
    const { violation } = await run(planOf(base + runs))
    expect(violation, `npm run simulate -- --seed ${base + runs} --trace`).toBeNull()
  }
  console.log(`simulated ${runs} schedules from seed ${base}`)
})

test.for(Object.entries(TWINS))('without %s the checker finds a violation', async ([, twin]) => {
  const seed = await firstFailing(twin)
  expect(seed).toBeLessThan(TWIN_SEEDS)
  const { plan, outcome } = await shrink(planOf(seed), { twin })
  expect(outcome.violation).not.toBeNull()
  expect(plan.faults.length).toBeLessThanOrEqual(planOf(seed).faults.length)
})

async function firstFailing(twin: Twin): Promise<number> {
  let seed = 0
  while (seed < TWIN_SEEDS && (await run(planOf(seed), { twin })).violation === null) seed++
  return seed
}
