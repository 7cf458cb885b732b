import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CpuProfile, inspectable } from './lib/inspector.ts'
import { measure } from './measure.ts'
import { costsOf } from './report/costs.ts'
import type { Bench } from './scenarios/scenario.ts'
import { onStage, type Stage } from './stage.ts'
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
  const { options, inspector } = inspectable()
  const work = async (stage: Stage) => {
    const recorder = await processes.during(inspector())
    let profile: CpuProfile = { nodes: [], samples: [], timeDeltas: [] }
    const { cost } = await measure(stage, sizes.heavy, {
      begin: () => recorder.start(),
      end: async () => {
        profile = await recorder.stop()
      },
    })
    recorder.close()
    return { profile, us: cost.app }
  }
  return onStage(system, processes, work, options)
}
