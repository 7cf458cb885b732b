import { faultsIn } from './clients/tally.ts'
import type { Processes } from './lib/processes.ts'
import { type Measurement, measure } from './measure.ts'
import type { Plan } from './options.ts'
import { setStage } from './stage.ts'
import type { System } from './systems/catalogue.ts'

/** One system in one round. */
export interface Run {
  readonly system: string
  readonly round: number
  readonly idle: Measurement
  readonly full: Measurement
}

/** Measures every system in every round. Each round has another order, so that none always comes first or last. */
export async function compareSystems(plan: Plan, processes: Processes, say: (line: string) => void): Promise<Run[]> {
  const runs: Run[] = []
  for (let round = 1; round <= plan.rounds; round++) {
    for (const system of rotated(plan.systems, round - 1)) {
      const run = { system: system.name, round, ...(await runOf(system, plan, processes)) }
      runs.push(run)
      say(`round ${round}/${plan.rounds}  ${system.name.padEnd(10)} ${inShort(run)}`)
    }
  }
  return runs
}

async function runOf(system: System, plan: Plan, processes: Processes): Promise<Pick<Run, 'idle' | 'full'>> {
  const stage = await setStage(system, processes)
  try {
    return { idle: await measure(stage, plan.idle), full: await measure(stage, plan.full) }
  } finally {
    await stage.strike()
  }
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

function inShort({ idle, full }: Run): string {
  const { app, redis, latency, cores, delivered } = full
  const faults = faultsIn(idle.faults) + faultsIn(full.faults)
  return [
    `${app.toFixed(1)} + ${redis.toFixed(1)} µs a token`,
    `p50 idle ${idle.latency.p50.toFixed(2)} ms, loaded ${latency.p50.toFixed(1)} ms`,
    `app ${percent(cores.app)}, model ${percent(cores.model)}, clients ${percent(cores.clients)}, others ${percent(cores.others)} of a core`,
    ...(delivered < 0.97 ? [`kept up with ${percent(delivered)}`] : []),
    ...(faults > 0 ? [`FAULTS ${JSON.stringify(full.faults)} idle ${JSON.stringify(idle.faults)}`] : []),
  ].join(' · ')
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`
