import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { UsageError } from '../bench/lib/run-main.ts'

export interface Plan {
  readonly idle: number
  readonly streams: number
  /** Tokens a second of each answer. */
  readonly rate: number
  readonly seconds: number
  readonly replicas: number
  readonly kills: number
}

export const HELP = `npm run crowd [-- options]

Very many sockets on few replicas, which are killed meanwhile: what they weigh, how late text is, and whether any is lost.

  --idle <n>      sockets with a session that do nothing     (15000)
  --streams <n>   sockets with one answer after another      (2000)
  --rate <n>      tokens a second of each answer             (5)
  --seconds <n>   how long, without the gathering            (600)
  --replicas <n>  directly, without nginx                    (1)
  --kills <n>     evenly spread; the replica is started again at once, and all of its sockets come back   (3)

Exit code: 0 no faults, 1 text was lost, doubled or wrong, or something failed, 2 a wrong option, 130 stopped by Ctrl-C.
`

/** Of a process for all that is not a socket of the crowd. */
const OTHER_FILES = 200
const MOST = 1_000_000

/** Null where it asks for help. Throws `UsageError`, also where the crowd takes more files than a process may open here. */
export function planOf(args: readonly string[]): Plan | null {
  const values = parse(args)
  if (values.help) return null
  const plan: Plan = {
    idle: whole('idle', values.idle, 15_000, 0),
    streams: whole('streams', values.streams, 2000, 1),
    rate: whole('rate', values.rate, 5, 1),
    seconds: whole('seconds', values.seconds, 600, 1),
    replicas: whole('replicas', values.replicas, 1, 1),
    kills: whole('kills', values.kills, 3, 0),
  }
  const needed = filesOf(plan)
  const allowed = openFilesLimit()
  if (needed > allowed)
    throw new UsageError(
      `so many sockets take ${needed} open files in one process, and this shell allows ${allowed} (ulimit -Hn)`,
    )
  return plan
}

/** In the process that has the most: a replica has a socket to the provider for each answer, and may have all of a dead one's. */
function filesOf({ idle, streams }: Plan): number {
  return idle + 2 * streams + OTHER_FILES
}

/** The hard limit: Node.js raises its own soft one to it. */
function openFilesLimit(): number {
  const [, limit] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        idle: text,
        streams: text,
        rate: text,
        seconds: text,
        replicas: text,
        kills: text,
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, given: string | undefined, fallback: number, least: number): number {
  if (given === undefined) return fallback
  if (/^\d{1,7}$/.test(given) && Number(given) >= least && Number(given) <= MOST) return Number(given)
  throw new UsageError(`--${name} ${JSON.stringify(given)}: must be a whole number from ${least} to ${MOST}`)
}
