import { expect, test } from 'vitest'
import { check, whyNoTlc } from './tlc.ts'

const missing = whyNoTlc()
if (missing !== null) console.warn(`The TLA+ model is not checked: ${missing}.`)

test.skipIf(missing !== null)(
  '[F1] [F4] [G4] [G6] no schedule of the model breaks a rule',
  { timeout: 300_000 },
  () => {
    const { error, distinctStates, output } = check({})
    expect(error, output).toBeNull()
    expect(distinctStates).toBeGreaterThan(10_000)
  },
)

/** Each lacks a protection; the constants are those that it takes to notice. */
const VARIANTS = [
  { Variant: 'lower attempt dropped', Crashes: 0, Remakes: 1 },
  { Variant: 'never looks' },
  { Variant: 'stopped stays' },
  { Variant: 'no sync' },
  { Variant: 'no fence' },
  { Variant: 'heirs do not look' },
]

test.skipIf(missing !== null).for(VARIANTS)('$Variant: the model finds it', { timeout: 300_000 }, (constants) => {
  expect(check(constants, { endsEarly: true }).error).not.toBeNull()
})

test.skipIf(missing !== null)('never looks: the temporal formula finds it, too', { timeout: 300_000 }, () => {
  // At rest nothing is left to happen, which TLC would report first.
  const { error } = check({ Variant: 'never looks', Cuts: 0 }, { converges: true, allowsRest: true })
  expect(error).toMatch(/^Temporal/)
})
