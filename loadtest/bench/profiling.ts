import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Processes } from './lib/processes.ts'
import { type CpuProfile, INSPECTABLE, inspectorIn, Profiler } from './lib/profiler.ts'
import { measure } from './measure.ts'
import type { Plan } from './options.ts'
import { costsOf } from './report/costs.ts'
import { setStage } from './stage.ts'
import type { System } from './systems/catalogue.ts'

/** Records each system under the full load. Leaves the profiles in the plan's directory and prints where the time goes. */
export async function profileSystems(plan: Plan, processes: Processes, say: (line: string) => void): Promise<void> {
  mkdirSync(plan.directory, { recursive: true })
  for (const system of plan.systems) {
    const { profile, us } = await record(system, plan, processes)
    const file = join(plan.directory, `${system.name}.cpuprofile`)
    writeFileSync(file, JSON.stringify(profile))
    say(`${system.name}: ${us.toFixed(1)} µs of CPU a token while it was being recorded`)
    say(costsOf(profile, us))
    say(`${file}\n`)
  }
}

async function record(system: System, plan: Plan, processes: Processes) {
  const address = Promise.withResolvers<string>()
  const stage = await setStage(system, processes, {
    nodeOptions: [INSPECTABLE],
    onLine: (line) => {
      const url = inspectorIn(line)
      if (url !== undefined) address.resolve(url)
    },
  })
  try {
    const profiler = await Profiler.connect(await processes.during(address.promise))
    let profile: CpuProfile = { nodes: [], samples: [], timeDeltas: [] }
    const { app } = await measure(stage, plan.full, {
      begin: () => profiler.start(),
      end: async () => {
        profile = await profiler.stop()
      },
    })
    return { profile, us: app }
  } finally {
    await stage.strike()
  }
}
