import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SYSTEMS, type System } from './systems/catalogue.ts'

/** Answers that stream at the same time. */
export interface Load {
  readonly streams: number
  /** Tokens a second of each stream. */
  readonly rate: number
  /** Over how long the streams are started, in seconds. */
  readonly rampSeconds: number
  /** Between the last start and the measuring. */
  readonly warmupSeconds: number
  /** How long is measured. */
  readonly seconds: number
}

export interface Plan {
  readonly systems: readonly System[]
  readonly rounds: number
  readonly full: Load
  /** So little that nothing ever waits for anything: what is left is the latency of the path. */
  readonly idle: Load
  /** Record a CPU profile of each system under the full load instead of comparing them. */
  readonly profile: boolean
  /** Where the report goes. */
  readonly directory: string
}

/** The command line cannot be followed; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const names = SYSTEMS.map(({ name }) => name)

export const HELP = `npm run bench [-- options]

Measures what a token costs on its way from the model to a client, and how long it takes, for Baton and for what it could
be replaced with, side by side in interleaved rounds.

  --streams <n>     answers that stream at the same time, each in a session of its own  (500)
  --rate <n>        tokens a second of each                                              (40)
  --seconds <n>     how long each system is measured in each round                       (10)
  --rounds <n>      rounds; each measures every system, in an order of its own            (3)
  --only <names>    some of ${names.join(',')}
  --profile         leave a CPU profile under load instead (of baton, or of those in --only)
  --smoke           a few seconds of very little load, to see that it works
  --out <directory> where the report goes                                  (artifacts/bench)

${SYSTEMS.map(({ name, title }) => `  ${name.padEnd(11)}${title}`).join('\n')}
`

const FULL: Load = { streams: 500, rate: 40, rampSeconds: 1, warmupSeconds: 2, seconds: 10 }
const IDLE: Load = { streams: 10, rate: 20, rampSeconds: 0.5, warmupSeconds: 0.5, seconds: 3 }
const SMOKE: Load = { streams: 4, rate: 20, rampSeconds: 0.1, warmupSeconds: 0.2, seconds: 1 }

/** What the command line asks for; null where it asks for help. Throws `UsageError`. */
export function planOf(args: readonly string[]): Plan | null {
  const values = parse(args)
  if (values.help) return null
  const { smoke, profile } = values
  const base = smoke ? SMOKE : FULL
  const full: Load = {
    ...base,
    streams: whole('streams', values.streams, base.streams, 5000),
    rate: whole('rate', values.rate, base.rate, 1000),
    seconds: whole('seconds', values.seconds, base.seconds, 600),
  }
  return {
    systems: chosen(values.only ?? (profile ? 'baton' : names.join())),
    rounds: whole('rounds', values.rounds, smoke ? 1 : 3, 100),
    full,
    idle: smoke ? SMOKE : IDLE,
    profile,
    directory: values.out ?? join(import.meta.dirname, '../../artifacts/bench'),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        streams: { type: 'string' },
        rate: { type: 'string' },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        only: { type: 'string' },
        out: { type: 'string' },
        profile: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
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

function chosen(list: string): System[] {
  const wanted = list.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`--only ${JSON.stringify(unknown)}: must be some of ${names.join(', ')}`)
  }
  return SYSTEMS.filter(({ name }) => wanted.includes(name))
}
