import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CpuProfile, INSPECTABLE, inspectorIn, Profiler } from './lib/profiler.ts'
import { measure } from './measure.ts'
import { costsOf } from './report/costs.ts'
import type { Bench } from './scenarios/scenario.ts'
import { onStage } from './stage.ts'
import type { System } from './systems/catalogue.ts'

/** Records each system under the heavy load. Leaves the profiles in `directory` and prints where the time goes. */
export async function profileSystems(bench: Bench, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true })
  for (const system of bench.systems) {
    const { profile, us } = await record(system, bench)
    const file = join(directory, `${system.name}.cpuprofile`)
    writeFileSync(file, JSON.stringify(profile))
    bench.say(`${system.name}: ${us.toFixed(1)} µs of CPU a token while it was being recorded`)
    bench.say(costsOf(profile, us))
    bench.say(`${file}\n`)
  }
}

function record(system: System, { processes, sizes }: Bench) {
  const address = Promise.withResolvers<string>()
  const work = async (stage: Parameters<typeof measure>[0]) => {
    const profiler = await Profiler.connect(await processes.during(address.promise))
    let profile: CpuProfile = { nodes: [], samples: [], timeDeltas: [] }
    const { cost } = await measure(stage, sizes.heavy, {
      begin: () => profiler.start(),
      end: async () => {
        profile = await profiler.stop()
      },
    })
    return { profile, us: cost.app }
  }
  return onStage(system, processes, work, {
    nodeOptions: [INSPECTABLE],
    // Of several replicas the first one that says where its inspector is.
    onLine: (line) => {
      const url = inspectorIn(line)
      if (url !== undefined) address.resolve(url)
    },
  })
}
