// npm run model: checks the TLA+ model of docs/model.
import { readUsage } from '../../deploy/usage.mjs'
import { check, LONG_MS, whyNoTlc } from './tlc.ts'

const SMALL = [{ constants: { Crashes: 1, Cuts: 1 } }]
const LARGE = [
  { constants: { Crashes: 0, Cuts: 1, Stops: 1 } },
  { constants: { Crashes: 0, Cuts: 1, Remakes: 1 } },
  { constants: { Crashes: 0, Cuts: 1, Asking: ['c1', 'c2'] } },
  { constants: { Crashes: 1, Cuts: 1 }, converges: true },
]

const USAGE = `npm run model [-- --large]

Checks the TLA+ model of docs/model: a crash and a cut, in a minute. --large: also what else its table has, some minutes each.

Exit code: 0 no rule is broken, or TLC is not there, 1 one is, 2 a wrong option, 130 stopped by Ctrl-C.
`
const { values } = readUsage(USAGE, { options: { large: { type: 'boolean' } } })

const missing = whyNoTlc()
if (missing !== null) console.log(`Not checked: ${missing}.`)
else {
  for (const run of values.large ? [...SMALL, ...LARGE] : SMALL) {
    const { error, distinctStates, output } = check(run.constants, { ...run, withinMs: LONG_MS })
    console.log(`${JSON.stringify(run)}: ${distinctStates} distinct states, ${error ?? 'no rule is broken'}`)
    if (error === null) continue
    console.log(output)
    process.exitCode = 1
  }
}
