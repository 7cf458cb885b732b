// npm run model [-- --large]: checks the TLA+ model of docs/model.
import { check, whyNoTlc } from './tlc.ts'

const SMALL = [{ Crashes: 1, Cuts: 1 }]
const LARGE = [
  { Crashes: 0, Cuts: 1, Stops: 1 },
  { Crashes: 0, Cuts: 1, Remakes: 1 },
]

const missing = whyNoTlc()
if (missing !== null) console.log(`Not checked: ${missing}.`)
else {
  for (const constants of process.argv.includes('--large') ? [...SMALL, ...LARGE] : SMALL) {
    const { error, distinctStates, output } = check(constants)
    console.log(`${JSON.stringify(constants)}: ${distinctStates} distinct states, ${error ?? 'no rule is broken'}`)
    if (error === null) continue
    console.log(output)
    process.exitCode = 1
  }
}
