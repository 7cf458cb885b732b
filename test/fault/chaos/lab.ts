import { Random } from '../../simulation/random.ts'
import { type Cluster, startCluster } from '../../support/cluster.ts'
import { type REPLICATED, startReplicatedRedis } from '../../support/replicated-redis.ts'
import { clocksCanBeSet } from '../../support/step-clock.ts'
import { type Protection, twinProgram } from '../twins.ts'
import { check } from './checker.ts'
import { DRILLS } from './drills.ts'
import { FAULTS, type FaultName, MASTER_FAULTS, OF_SINGLE_REDIS, REDIS_FAULTS, SIGKILLS } from './faults.ts'
import type { History } from './history.ts'
import { type Recovery, recoveriesOf } from './recovery.ts'
import { Round, type RoundOptions } from './round.ts'
import { Scene, type SceneResult } from './scene.ts'
import type { Violation } from './violation.ts'

export interface LabOptions extends Omit<RoundOptions, 'seconds'> {
  readonly seed: number
  readonly seconds: number
  /** Goes on beyond `seconds` until so many processes were SIGKILLed. */
  readonly kills?: number
  readonly replicas: number
  /** In place of a single Redis: then its masters are what is killed and frozen of it. */
  readonly redisIs?: (typeof REPLICATED)[number] | undefined
  /** Settings of the replicas. */
  readonly env: Readonly<Record<string, string>>
  /** Seconds of disturbance after which everything is mended and checked. */
  readonly roundSeconds: number
  readonly onRound?: (totals: Totals) => void
  /** Gets the whole history of a round in which a violation was found. */
  readonly onViolation?: (history: History, seed: number) => void
  /** Ends the present round early and begins no other. */
  readonly stop?: AbortSignal
}

export interface Totals {
  rounds: number
  answers: number
  characters: number
  entries: number
  readonly faults: Map<string, number>
  readonly recoveries: Recovery[]
  readonly violations: Found[]
}

export interface Found extends Violation {
  /** Of the round in which it was found; null where no chance was at work. */
  readonly seed: number | null
}

/** For what a twin never ends; the product is done with a drill in a fraction of it. */
const TWIN_SETTLE_MS = 15_000

export const UNDISTURBED_REDIS: readonly FaultName[] = FAULTS.filter((fault) => !REDIS_FAULTS.includes(fault))

/** Retries so that cuts by the provider alone do not end an answer (F6), short drains so that more happens; nothing is trimmed. */
const SETTINGS = { LLM_RETRIES: '20', LOG_LEVEL: 'debug', DRAIN_TIMEOUT: '2', SESSION_MAX_MESSAGES: '1000' }

/** Rounds of chaos on one cluster, until the time is over or a violation was found. */
export async function runLab(options: LabOptions): Promise<Totals> {
  const { seed, seconds, kills = 0, replicas, redisIs, stop = new AbortController().signal } = options
  const replicated = redisIs === undefined ? null : await startReplicatedRedis(redisIs)
  // Of all, not some: a master that was replaced unawares finds one that was not told either, and loses what both have.
  const waits = replicated && { ...replicated.env, REDIS_WAIT: String(replicated.copies) }
  const env = { ...options.env, ...waits }
  const impossible = [
    ...(replicated === null ? MASTER_FAULTS : OF_SINGLE_REDIS),
    ...(clocksCanBeSet ? [] : ['clock set']),
    ...(redisIs === 'cluster' ? [] : ['slots moved']),
  ]
  const faults = options.faults.filter((fault) => !impossible.includes(fault))
  const redisIsStruck = faults.some((fault) => REDIS_FAULTS.includes(fault))
  const settings = {
    replicas,
    nginx: true,
    wired: faults.includes('cut off'),
    clocks: faults.includes('clock set'),
    env: { ...SETTINGS, ...env },
  }
  return inCluster(settings, async (cluster, totals) => {
    const end = performance.now() + seconds * 1000
    const secondsLeft = () => {
      const left = (end - performance.now()) / 1000
      return left > 0 || killCount(totals) >= kills ? left : options.roundSeconds
    }
    for (let left = seconds; left > 0 && totals.violations.length === 0 && !stop.aborted; left = secondsLeft()) {
      const roundSeed = (seed + totals.rounds) % 2 ** 32
      const random = new Random(roundSeed)
      const scene = new Scene(cluster, random.fork(), redisIsStruck, replicated)
      const round = new Round(scene, random, { ...options, faults, seconds: Math.min(options.roundSeconds, left) })
      const result = await play(scene, round.talks, () => round.run(stop))
      add(totals, result, roundSeed)
      options.onRound?.(totals)
      if (totals.violations.length > 0) options.onViolation?.(result.history, roundSeed)
    }
  }).finally(() => replicated?.stop())
}

/** Processes that were ended by SIGKILL. */
export function killCount({ faults }: Totals): number {
  return SIGKILLS.reduce((sum, fault) => sum + (faults.get(fault) ?? 0), 0)
}

/** The deliberate schedule for a protection, on the product or on its twin without that protection. */
export async function runDrill(protection: Protection, { twin }: { readonly twin: boolean }): Promise<Totals> {
  const settings = { replicas: 3, nginx: true, env: SETTINGS, ...(twin ? { program: twinProgram(protection) } : {}) }
  return inCluster(settings, async (cluster, totals) => {
    const drill = DRILLS[protection]
    const scene = new Scene(cluster, new Random(0), drill.onRedis ?? false)
    const talks: Promise<unknown>[] = []
    const run = async () => {
      talks.push(...(await drill.run(scene)))
    }
    const result = await play(scene, talks, run, twin ? TWIN_SETTLE_MS : undefined)
    add(totals, result, null)
  })
}

/** What there is to check once it is over and the last answers have ended. */
async function play(
  scene: Scene,
  talks: readonly Promise<unknown>[],
  run: () => Promise<void>,
  settleMs?: number,
): Promise<SceneResult> {
  try {
    await run()
    return await scene.finish(talks, settleMs)
  } finally {
    await scene.close(talks)
  }
}

async function inCluster(
  settings: Parameters<typeof startCluster>[0] & object,
  work: (cluster: Cluster, totals: Totals) => Promise<void>,
): Promise<Totals> {
  const totals: Totals = {
    rounds: 0,
    answers: 0,
    characters: 0,
    entries: 0,
    faults: new Map(),
    recoveries: [],
    violations: [],
  }
  const cluster = await startCluster(settings)
  try {
    await work(cluster, totals)
  } finally {
    await stop(cluster, totals, settings.program !== undefined)
  }
  return totals
}

function add(totals: Totals, { history, counts }: SceneResult, seed: number | null): void {
  totals.rounds++
  totals.answers += counts.answers
  totals.characters += counts.characters
  totals.entries += history.entries.length
  for (const [fault, count] of counts.faults) totals.faults.set(fault, (totals.faults.get(fault) ?? 0) + count)
  totals.recoveries.push(...recoveriesOf(history.entries))
  totals.violations.push(...check(history).map((violation) => ({ ...violation, seed })))
}

/** A process that crashed, or stays, is a violation like any other; of a replica that was made faulty nothing is expected. */
async function stop(cluster: Cluster, totals: Totals, isTwin: boolean): Promise<void> {
  try {
    await cluster.stop()
  } catch (error) {
    if (!isTwin) totals.violations.push({ rule: 'a process', what: String(error), excerpt: [], seed: null })
  }
}
