import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { numberOf, UsageError } from '../support/command-line.ts'

export interface Options {
  /** Of the first run; the others follow. */
  readonly seed: number
  readonly runs: number
  readonly minutes: number
  readonly workers: number
  /** Replicas go on alone while the store is away (G). */
  readonly alone: boolean
  /** Plays only `seed`, and prints everything that happens. */
  readonly trace: boolean
}

export const usage = `npm run simulate: replicas, clients and the model in one process, on a simulated clock, network and store.

Each run is a schedule of its own: which replicas, clients and faults there are, and how long every single call takes
and whether it, or its reply, is lost, follows from its seed. Every step is checked against the contract's rules.
The first run that breaks one is made as small as possible and printed.

  npm run simulate -- [options]

  --seed S       seed of the first run, the others count up from it   (default: any)
  --runs N       how many                                             (default: 10000)
  --minutes M    for so long instead
  --workers W    threads                                              (default: one per core)
  --alone        replicas go on alone while the store is away (G)
  --trace        only the run of --seed, with all that happens in it
  --help         this

Exit code: 0 no rule was broken, 1 one was, 2 a wrong option, 130 stopped by Ctrl-C.
`

/** Reads the command line; null where it asks for help. Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options | null {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = {
    seed: text,
    runs: text,
    minutes: text,
    workers: text,
    alone: flag,
    trace: flag,
    help: { ...flag, short: 'h' },
  }
  try {
    const { values } = parseArgs({ args: [...args], options })
    if (values.help) return null
    return {
      seed: numberOf('seed', values.seed, 0) ?? randomInt(2 ** 32),
      runs: numberOf('runs', values.runs, 1) ?? (values.minutes === undefined ? 10_000 : Number.POSITIVE_INFINITY),
      minutes: numberOf('minutes', values.minutes, 0) ?? Number.POSITIVE_INFINITY,
      workers: numberOf('workers', values.workers, 1) ?? availableParallelism(),
      alone: values.alone === true,
      trace: values.trace === true,
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
