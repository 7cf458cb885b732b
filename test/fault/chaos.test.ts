/** Rounds of the fault lab (`npm run chaos`): with the product nothing is found, without a protection something is. */
import { expect, test } from 'vitest'
import type { FaultName } from './chaos/faults.ts'
import { type LabOptions, runLab, type Totals, UNDISTURBED_REDIS } from './chaos/lab.ts'
import { reportOf } from './chaos/report.ts'
import { type Twin, twinProgram } from './twins.ts'

/** Minutes of real kills, so only where they are asked for: `CHAOS=1 npm test`. */
const lab = test.runIf(process.env.CHAOS === '1')
const seed = Math.floor(Math.random() * 2 ** 32)

function run(options: Partial<LabOptions>): Promise<Totals> {
  return runLab({
    seed,
    seconds: 20,
    replicas: 3,
    conversations: 3,
    env: {},
    faults: UNDISTURBED_REDIS,
    everyMs: 700,
    roundSeconds: 20,
    ...options,
  })
}

for (const api of ['chat', 'responses']) {
  lab(
    `[F1] [F2] [F3] nothing is lost, doubled or changed while everything breaks (${api})`,
    {
      timeout: 120_000,
    },
    async () => {
      const totals = await run({ env: { LLM_API: api } })
      if (totals.violations.length > 0) console.error(`--seed ${seed} --api ${api}\n${reportOf(totals)}`)
      expect(totals.violations).toEqual([])
      expect(totals.answers).toBeGreaterThan(0)
    },
  )
}

const TWINS: readonly { twin: Twin; faults: readonly FaultName[]; rule: RegExp }[] = [
  { twin: 'no fence', faults: ['freeze', 'kill', 'client drop'], rule: /^\[(F3|D2|D4)\]/ },
  { twin: 'no durability', faults: ['kill'], rule: /^\[(F3|D2|D4)\]/ },
  { twin: 'no owner index', faults: ['kill'], rule: /^\[F4\]/ },
  { twin: 'no idempotency', faults: ['client drop'], rule: /^\[M2\]/ },
]

for (const { twin, faults, rule } of TWINS) {
  lab(`the same with ${twin}: the checker finds it`, { timeout: 180_000 }, async () => {
    const totals = await run({ program: twinProgram(twin), faults, seconds: 60, roundSeconds: 10, everyMs: 500 })
    expect(totals.violations.map((violation) => violation.rule).filter((found) => rule.test(found))).not.toEqual([])
  })
}
