import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from './lib/run-main.ts'
import { SCENARIOS } from './scenarios/catalogue.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { FULL, type Load, QUICK, type Sizes, SMOKE } from './sizes.ts'
import { baselineIn, missingFor, SYSTEMS, type System } from './systems/catalogue.ts'

export interface Plan {
  readonly scenarios: readonly Scenario[]
  readonly systems: readonly System[]
  readonly sizes: Sizes
  /** Another build of Baton to be measured beside this one. */
  readonly baseline: System | undefined
  readonly sweep: boolean
  /** Record a CPU profile of each system under the heavy load instead. */
  readonly profile: boolean
  /** Where the report goes. */
  readonly directory: string
}

const listed = (things: readonly { name: string; title: string }[]) =>
  things.map(({ name, title }) => `  ${name.padEnd(11)}${title}`).join('\n')

export const HELP = `npm run bench [-- options]

Measures what Baton costs and how late it is, beside what it could be replaced with, and what it does under loads that
nobody wants. Leaves a table, a JSON file and an HTML page.

  --only <names>    some of the scenarios below                                         (all)
  --systems <names> some of the systems below, in the scenarios that compare them       (all)
  --quick           one round and smaller crowds: a few minutes
  --rounds <n>      rounds of what is compared; each takes everything, in its own order (3; 1 of latency, takeovers and storms)
  --streams <n>, --rate <n>, --seconds <n>
                    the heavy load: answers at the same time, tokens a second of each, and how long it is measured
                                                                                (500, 40, 4)
  --baseline <checkout>
                    another checkout of Baton, built there: measured in the same rounds wherever baton is compared
  --sweep           operations: collect all garbage before each step. Ratios spread less then, and most figures are higher
  --profile         leave CPU profiles instead (of baton, or of those in --systems): under the heavy load, or with --only short
                    or --only operations of what these do
  --smoke           a few seconds of very little of everything, to see that it works
  --out <directory> where the report goes                                  (artifacts/bench)

scenarios
${listed(SCENARIOS)}

systems
${listed(SYSTEMS)}

Exit code: 0 no faults, 1 text was lost, doubled or wrong, or something failed, 2 a wrong option, 130 stopped by Ctrl-C.
`

/** What the command line asks for; null where it asks for help. Throws `UsageError`. */
export function planOf(args: readonly string[]): Plan | null {
  const values = parse(args)
  if (values.help) return null
  const base = values.smoke ? SMOKE : values.quick ? QUICK : FULL
  const heavy: Load = {
    ...base.heavy,
    streams: whole('streams', values.streams, base.heavy.streams, 5000),
    rate: whole('rate', values.rate, base.heavy.rate, 1000),
    seconds: whole('seconds', values.seconds, base.heavy.seconds, 600),
  }
  const rounds = (fallback: number) => whole('rounds', values.rounds, fallback, 100)
  return {
    scenarios: chosen('only', values.only, SCENARIOS),
    systems: chosen('systems', values.systems ?? (values.profile ? 'baton' : undefined), SYSTEMS),
    sizes: { ...base, heavy, rounds: rounds(base.rounds), longRounds: rounds(base.longRounds) },
    baseline: values.baseline === undefined ? undefined : built(values.baseline),
    sweep: values.sweep,
    profile: values.profile,
    directory: values.out ?? join(import.meta.dirname, '../../artifacts/bench'),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        systems: { type: 'string' },
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        streams: { type: 'string' },
        rate: { type: 'string' },
        seconds: { type: 'string' },
        baseline: { type: 'string' },
        sweep: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, given: string | undefined, fallback: number, most: number): number {
  if (given === undefined) return fallback
  if (/^\d{1,9}$/.test(given) && Number(given) >= 1 && Number(given) <= most) return Number(given)
  throw new UsageError(`--${name} ${JSON.stringify(given)}: must be a whole number from 1 to ${most}`)
}

function built(checkout: string): System {
  const baseline = baselineIn(checkout)
  const missing = missingFor(baseline)
  if (missing !== undefined) throw new UsageError(`--baseline ${JSON.stringify(checkout)}: ${missing}`)
  return baseline
}

function chosen<T extends { readonly name: string }>(
  option: string,
  list: string | undefined,
  from: readonly T[],
): readonly T[] {
  if (list === undefined) return from
  const wanted = list.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => from.every((one) => one.name !== name))
  if (unknown !== undefined) {
    const names = from.map(({ name }) => name).join(', ')
    throw new UsageError(`--${option} ${JSON.stringify(unknown)}: must be some of ${names}`)
  }
  return from.filter(({ name }) => wanted.includes(name))
}
