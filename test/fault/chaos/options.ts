import { parseArgs } from 'node:util'
import { UsageError } from '../../support/command-line.ts'
import { REPLICATED } from '../../support/replicated-redis.ts'
import { isProtection, PROTECTIONS, type Protection } from '../twins.ts'
import { FAULTS, type FaultName, MASTER_FAULTS, REDIS_FAULTS } from './faults.ts'

const ALL: readonly FaultName[] = [...FAULTS, ...MASTER_FAULTS]

export const usage = `npm run chaos -- [options]

Conversations over nginx and single replicas, while replicas, Redis, nginx, the provider and clients are killed, frozen,
cut off and restarted at random. In rounds of a minute: then everything is mended, and the history of all that was
sent, acknowledged and seen is checked. Ctrl-C ends the present round early, checks it and reports; twice, it stops at once.

  --seed N             chooses the faults (default: a random one, which is printed)
  --minutes M          how long (default 1)
  --kills N            and until so many processes were SIGKILLed
  --replicas N         3
  --conversations N    4, each with one who asks and one who watches: one has the SDK, one keeps D3 alone
  --every MS           between two faults, on average: 700
  --api NAME           chat | responses (default: chat)
  --resume NAME        LLM_RESUME: auto, continue, restart
  --redis              Redis is killed, frozen, full and cut off as well, its disk is full, keys of sessions are lost
  --on KIND            ${REPLICATED.join(' | ')}: with --redis, masters of such a Redis are killed and frozen in place of that;
                       slots of a cluster move in any case, which is no outage
  --faults A,B         only these: ${ALL.join(', ')}
  --drill NAME         instead: the deliberate faults that provoke what a protection prevents: ${PROTECTIONS.join(', ')}
  --twin NAME          the same drill with the protection switched off: something has to be found
  --help

Exit code: 0 nothing was found, 1 a violation was found (its seed and the history that shows it are printed),
2 the lab could not do its work, 130 stopped by Ctrl-C with nothing found.
`

export interface ChaosOptions {
  readonly help: boolean
  readonly seed: number
  readonly minutes: number
  readonly kills: number
  readonly replicas: number
  /** A single Redis where there is none. */
  readonly redisIs: (typeof REPLICATED)[number] | undefined
  readonly conversations: number
  readonly everyMs: number
  readonly env: Readonly<Record<string, string>>
  readonly faults: readonly FaultName[]
  /** Instead of random faults. */
  readonly drill: { readonly protection: Protection; readonly twin: boolean } | null
}

/** Throws `UsageError`. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const values = parse(args)
  const { seed, api, resume, faults, drill, twin, on } = values
  const protection = twin ?? drill
  if (protection !== undefined && !isProtection(protection))
    throw new UsageError(`--drill, --twin: one of ${PROTECTIONS.join(', ')}`)
  if (!['chat', 'responses'].includes(api)) throw new UsageError('--api: chat or responses')
  const redisIs = REPLICATED.find((kind) => kind === on)
  if (on !== undefined && redisIs === undefined) throw new UsageError(`--on: ${REPLICATED.join(' or ')}`)
  const common = ALL.filter((fault) => values.redis || !REDIS_FAULTS.includes(fault))
  return {
    help: values.help,
    seed: seed === undefined ? Math.floor(Math.random() * 2 ** 32) : numberOf('seed', seed, 0),
    minutes: numberOf('minutes', values.minutes, 0),
    kills: numberOf('kills', values.kills, 0),
    redisIs,
    replicas: numberOf('replicas', values.replicas, 2),
    conversations: numberOf('conversations', values.conversations, 1),
    everyMs: numberOf('every', values.every, 1),
    env: { LLM_API: api, LLM_RESUME: resume },
    faults: faults === undefined ? common : faults.split(',').map(faultOf),
    drill: protection === undefined ? null : { protection, twin: twin !== undefined },
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string', default: '1' },
        kills: { type: 'string', default: '0' },
        replicas: { type: 'string', default: '3' },
        conversations: { type: 'string', default: '4' },
        every: { type: 'string', default: '700' },
        api: { type: 'string', default: 'chat' },
        resume: { type: 'string', default: 'auto' },
        redis: { type: 'boolean', default: false },
        on: { type: 'string' },
        faults: { type: 'string' },
        drill: { type: 'string' },
        twin: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function numberOf(name: string, value: string, least: number): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < least)
    throw new UsageError(`--${name}: a number from ${least} on, not ${JSON.stringify(value)}`)
  return number
}

function faultOf(name: string): FaultName {
  const fault = ALL.find((one) => one === name.trim())
  if (fault === undefined) throw new UsageError(`--faults: ${JSON.stringify(name)} is none of ${ALL.join(', ')}`)
  return fault
}
