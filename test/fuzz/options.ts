import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { numberOf, UsageError } from '../support/command-line.ts'
import { DOORS, type Door } from './attack.ts'

export interface Options {
  /** Of the first batch; the others count up from it. */
  readonly seed: number
  readonly inputs: number
  readonly minutes: number
  readonly only: readonly Door[]
}

export const usage = `npm run fuzz: sends real replicas, with a real Redis, what breaks programs.

Attackers come through every door: frames (Engine.IO and Socket.IO, from the upgrade's first byte on), http (server-sent
events included), provider (the model's replies), notes (what replicas tell each other) and redis (what a session's keys
hold). Good clients beside them must not notice: their text whole, their requests acknowledged. A process that ends, an
error that is logged or told, a good client's fault, text shown to whom it does not belong, memory or descriptors that do
not come back: each is a finding. It is made as small as possible and printed.

  npm run fuzz -- [options]

  --minutes M     for so long                                        (default: 5)
  --inputs N      so many frames, requests, replies … instead
  --seed S        seed of the first batch, the others count up       (default: any)
  --only D,…      only through these doors: ${DOORS.join(', ')}
  --help          this

Ctrl-C ends the batch that is under way, and everything that was started; twice, it stops at once.

Exit code: 0 nothing was found, 1 something was, 2 a wrong option, 130 stopped at once by Ctrl-C.
`

/** Reads the command line; null where it asks for help. Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options | null {
  const text = { type: 'string' } as const
  try {
    const options = {
      minutes: text,
      inputs: text,
      seed: text,
      only: text,
      help: { type: 'boolean', short: 'h' },
    } as const
    const { values } = parseArgs({ args: [...args], options })
    if (values.help) return null
    return {
      seed: numberOf('seed', values.seed, 0) ?? randomInt(2 ** 31),
      inputs: numberOf('inputs', values.inputs, 1) ?? Number.POSITIVE_INFINITY,
      minutes: numberOf('minutes', values.minutes, 0) ?? (values.inputs === undefined ? 5 : Number.POSITIVE_INFINITY),
      only: values.only === undefined ? DOORS : values.only.split(',').map(doorOf),
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function doorOf(name: string): Door {
  const door = DOORS.find((one) => one === name)
  if (door === undefined) throw new UsageError(`--only ${name}: must be of ${DOORS.join(', ')}`)
  return door
}
