/** The fault lab (`npm run chaos`): with the product nothing is found, without a protection something is. */
import { expect, test } from 'vitest'
import { DRILLS } from './chaos/drills.ts'
import { FAULTS } from './chaos/faults.ts'
import { runDrill, runLab, type Totals, UNDISTURBED_REDIS } from './chaos/lab.ts'
import { reportOf } from './chaos/report.ts'
import { PROTECTIONS } from './twins.ts'

/** Of disturbance, in each of the four; then everything is mended and checked. */
const SECONDS = 24
const EVERY_MS = 600
const seed = Math.floor(Math.random() * 2 ** 32)

function expectNothingFound(totals: Totals, again: string): void {
  if (totals.violations.length > 0) console.error(`npm run chaos -- ${again}\n${reportOf(totals)}`)
  expect(totals.violations.map(({ rule, what }) => `${rule}: ${what}`)).toEqual([])
}

for (const api of ['chat', 'responses'] as const) {
  for (const [what, faults] of [
    ['replicas, nginx, the provider and clients break', UNDISTURBED_REDIS],
    ['those and Redis break', FAULTS],
  ] as const) {
    const again = `--seed ${seed} --api ${api}${faults === FAULTS ? ' --redis' : ''} --every ${EVERY_MS}`
    const title = `[F1] [F2] [F3] [F4] nothing is lost, doubled or changed while ${what} (${again})`
    test(title, { timeout: 180_000 }, async () => {
      const totals = await runLab({
        seed,
        seconds: SECONDS,
        roundSeconds: SECONDS,
        replicas: 3,
        conversations: 4,
        env: { LLM_API: api },
        faults,
        everyMs: EVERY_MS,
      })
      expectNothingFound(totals, again)
      expect(totals.answers).toBeGreaterThan(0)
    })
  }
}

for (const protection of PROTECTIONS) {
  test(`the drill for ${protection}: the product passes it`, { timeout: 120_000 }, async () => {
    expectNothingFound(await runDrill(protection, { twin: false }), `--drill '${protection}'`)
  })

  test(`the drill for ${protection}: without it the checker finds what it prevents`, { timeout: 120_000 }, async () => {
    const { violations } = await runDrill(protection, { twin: true })
    const expected = violations.filter(({ rule }) => DRILLS[protection].breaks.test(rule))
    expect(expected).not.toEqual([])
  })
}
