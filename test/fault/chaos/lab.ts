import { type Cluster, startCluster } from '../../support/cluster.ts'
import { check } from './checker.ts'
import { FAULTS, type FaultName, REDIS_FAULTS } from './faults.ts'
import { type Recovery, recoveriesOf } from './recovery.ts'
import { Round, type RoundResult } from './round.ts'
import type { Violation } from './violation.ts'

export interface LabOptions {
  readonly seed: number
  readonly seconds: number
  readonly replicas: number
  readonly conversations: number
  /** Settings of the replicas. */
  readonly env: Readonly<Record<string, string>>
  readonly faults: readonly FaultName[]
  readonly everyMs: number
  /** Seconds of disturbance after which everything is mended and checked. */
  readonly roundSeconds: number
  /** What Node runs for a replica; the product's entry by default. */
  readonly program?: readonly string[]
  readonly onRound?: (totals: Totals) => void
}

export interface Totals {
  rounds: number
  answers: number
  characters: number
  entries: number
  readonly faults: Map<string, number>
  readonly recoveries: Recovery[]
  /** With the seed of the round in which they were found. */
  readonly violations: (Violation & { readonly seed: number })[]
}

export const UNDISTURBED_REDIS: readonly FaultName[] = FAULTS.filter((fault) => !REDIS_FAULTS.includes(fault))

/** Retries so that cuts by the provider alone do not end an answer (F6); short leases and drains so that more happens. */
const SETTINGS = { LLM_RETRIES: '20', LOG_LEVEL: 'info', DRAIN_TIMEOUT: '2' }

/** Rounds of chaos on one cluster, until the time is over or a violation was found. */
export async function runLab(options: LabOptions): Promise<Totals> {
  const { seed, seconds, replicas, env, faults, program } = options
  const totals: Totals = {
    rounds: 0,
    answers: 0,
    characters: 0,
    entries: 0,
    faults: new Map(),
    recoveries: [],
    violations: [],
  }
  const cluster = await startCluster({
    replicas,
    nginx: true,
    wired: faults.includes('cut off'),
    env: { ...SETTINGS, ...env },
    ...(program === undefined ? {} : { program }),
  })
  try {
    const end = performance.now() + seconds * 1000
    for (let round = 0; performance.now() < end && totals.violations.length === 0; round++) {
      const roundSeed = (seed + round) % 2 ** 32
      const left = (end - performance.now()) / 1000
      add(totals, await runRound(cluster, options, roundSeed, Math.min(options.roundSeconds, left)), roundSeed)
      options.onRound?.(totals)
    }
  } finally {
    await stop(cluster, totals, program !== undefined)
  }
  return totals
}

function runRound(cluster: Cluster, options: LabOptions, seed: number, seconds: number): Promise<RoundResult> {
  const { conversations, faults, everyMs } = options
  return new Round({ cluster, seed, seconds, conversations, faults, everyMs }).run()
}

function add(totals: Totals, { history, counts }: RoundResult, seed: number): void {
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
    if (!isTwin) totals.violations.push({ rule: 'a process', what: String(error), excerpt: [], seed: 0 })
  }
}
