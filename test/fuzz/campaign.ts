import fc from 'fast-check'
import { type Attack, DOORS, type Door, inputsOf } from './attack.ts'
import { busAttack } from './bus-messages.ts'
import { framesAttack } from './frames.ts'
import { httpAttack } from './http.ts'
import { type Complaint, play } from './play.ts'
import { providerAttack } from './provider.ts'
import { redisAttack } from './redis.ts'
import { shrink } from './shrink.ts'
import { Stage } from './stage.ts'

const ATTACKS: { readonly [D in Door]: fc.Arbitrary<Attack> } = {
  frames: framesAttack,
  http: httpAttack,
  provider: providerAttack,
  notes: busAttack,
  redis: redisAttack,
}
/** How many of a hundred attacks come through each door; frames and requests are cheap. */
const WEIGHTS: { readonly [D in Door]: number } = { frames: 50, http: 35, provider: 6, notes: 5, redis: 4 }
const BATCH = 500
const AT_ONCE = 64
const SHRINKING_MS = 180_000

export interface CampaignOptions {
  readonly seed: number
  readonly inputs: number
  readonly minutes: number
  readonly only: readonly Door[]
  readonly stop: AbortSignal
}

export interface Finding {
  /** That of the batch: `--seed` begins with it. */
  readonly seed: number
  readonly faults: readonly string[]
  /** The shortest list of attacks that was seen to do it. */
  readonly attacks: readonly Attack[]
}

export type Tally = Record<Door, number> & { batches: number }

/** Attacks, batch after batch, until something is found, or the inputs or the time are used up. */
export class Campaign {
  readonly tally: Tally = { batches: 0, frames: 0, http: 0, provider: 0, notes: 0, redis: 0 }
  readonly #options: CampaignOptions
  readonly #stages: Stages

  constructor(stages: Stages, options: CampaignOptions) {
    this.#stages = stages
    this.#options = options
  }

  get inputs(): number {
    return DOORS.reduce((sum, door) => sum + this.tally[door], 0)
  }

  /** Gives what was found, as it was found; null where nothing was. */
  async run(): Promise<Finding | null> {
    const { seed, inputs, minutes, only, stop } = this.#options
    const deadline = performance.now() + minutes * 60_000
    while (this.inputs < inputs && performance.now() < deadline && !stop.aborted) {
      const batchSeed = seed + this.tally.batches
      const attacks = batchOf(batchSeed, only)
      const faults = await this.#stages.assault(attacks)
      this.tally.batches++
      for (const attack of attacks) this.tally[attack.door] += inputsOf(attack)
      if (faults.length > 0) return { seed: batchSeed, faults, attacks }
    }
    return null
  }

  /** The finding with the least that was seen to do it. */
  async narrow(finding: Finding): Promise<Finding> {
    const deadline = performance.now() + SHRINKING_MS
    let { faults } = finding
    const attacks = await shrink(finding.attacks, async (candidate) => {
      if (performance.now() > deadline || this.#options.stop.aborted) return false
      const found = await this.#stages.assault(candidate)
      if (found.length > 0) faults = found
      return found.length > 0
    })
    return { ...finding, faults, attacks }
  }
}

/** The same for the same seed. */
export function batchOf(seed: number, only: readonly Door[]): Attack[] {
  const arbitrary = fc.oneof(...only.map((door) => ({ weight: WEIGHTS[door], arbitrary: ATTACKS[door] })))
  return fc.sample(arbitrary, { seed, numRuns: BATCH })
}

/** Plays them all, some at a time, and gives what went wrong for anybody. */
async function assault(stage: Stage, attacks: readonly Attack[]): Promise<string[]> {
  const complaints: Complaint[] = []
  const failures: string[] = []
  const waiting = attacks.values()
  await stage.refresh()
  const work = async () => {
    for (const attack of waiting) {
      try {
        complaints.push(...(await play(attack, stage)))
      } catch (error) {
        failures.push(`${attack.door}: ${String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const { faults, brokenKeys } = await stage.verdict()
  // A session whose keys one attack broke is used by other attacks of the batch, too.
  const unexplained = complaints.filter(({ of }) => of !== 'internal' || !brokenKeys)
  return [...new Set([...unexplained.map(({ text }) => text), ...failures, ...faults])]
}

/** A stage, the same again while nothing goes wrong on it. */
export class Stages {
  #stage: Stage | null = null

  async current(): Promise<Stage> {
    this.#stage ??= await Stage.start()
    return this.#stage
  }

  async assault(attacks: readonly Attack[]): Promise<string[]> {
    const stage = await this.current()
    const faults = await assault(stage, attacks).catch((error: unknown) => [String(error)])
    if (faults.length > 0) await this.stop()
    return faults
  }

  async stop(): Promise<void> {
    await this.#stage?.stop()
    this.#stage = null
  }
}
