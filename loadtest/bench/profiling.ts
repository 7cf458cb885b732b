import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CpuProfile, type Inspector, inspectable } from './lib/inspector.ts'
import { measure } from './measure.ts'
import { costsOf } from './report/costs.ts'
import { asSteps } from './scenarios/operations.ts'
import type { Bench, Scenario } from './scenarios/scenario.ts'
import { chat } from './scenarios/short.ts'
import { onStage, type Stage } from './stage.ts'
import { goThroughSteps, type Step } from './steps.ts'
import { type System, unbundled } from './systems/catalogue.ts'
import { costBetween, usageOf } from './usage.ts'

/** What was recorded: `us` of CPU were used for one of `what`. */
interface Recorded {
  readonly what: string
  readonly profile: CpuProfile
  readonly us: number
}

type Record = (system: System, bench: Bench) => Promise<readonly Recorded[]>

/** Records each system, under the heavy load or in one of the other scenarios that can be. Leaves the profiles in `directory` and prints where the time goes. */
export async function profileSystems(bench: Bench, scenarios: readonly Scenario[], directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true })
  const only = scenarios.length === 1 ? scenarios[0]?.name : undefined
  const record = only === 'short' ? answers : only === 'operations' ? steps : tokens
  for (const system of bench.systems) {
    for (const { what, profile, us } of await record(unbundled(system), bench)) {
      const file = join(directory, `${system.name}${what === 'token' ? '' : `-${what}`}.cpuprofile`)
      writeFileSync(file, JSON.stringify(profile))
      bench.say(`${system.name}: ${us.toFixed(1)} µs of CPU for one ${what} while it was being recorded`)
      bench.say(costsOf(profile, us))
      bench.say(`${file}\n`)
    }
  }
}

const tokens: Record = (system, bench) =>
  recorded(system, bench, async (stage, [recorder]) => {
    const record = recordingOf(recorder)
    const { cost } = await measure(stage, bench.sizes.heavy, record)
    return [{ what: 'token', profile: record.profile(), us: cost.app }]
  })

const answers: Record = (system, bench) =>
  recorded(system, bench, async (stage, [recorder]) => {
    const record = recordingOf(recorder)
    const { answer } = await chat(stage, bench.sizes, record)
    return [{ what: 'answer', profile: record.profile(), us: answer.app }]
  })

/** The second replica has the sessions open that were asked in at the first. */
const PLACES: Readonly<{ [S in Step]: number }> = { connect: 0, question: 0, cold: 1, again: 1 }

const steps: Record = (system, bench) =>
  recorded(asSteps(system), bench, async (stage, recorders) => {
    const found: Recorded[] = []
    const weigh = async (step: Step, pieces: number, work: () => Promise<unknown>) => {
      const record = recordingOf(recorders[PLACES[step]])
      await record.begin()
      const before = usageOf(stage)
      await work()
      const { app } = costBetween(before, usageOf(stage), pieces)
      await record.end()
      found.push({ what: step, profile: record.profile(), us: app })
    }
    await goThroughSteps(stage, { count: bench.sizes.operations, weigh })
    return found
  })

function recordingOf(inspector: Inspector | undefined) {
  if (inspector === undefined) throw new Error('a replica that cannot be recorded')
  let profile: CpuProfile = { nodes: [], samples: [], timeDeltas: [] }
  return {
    begin: () => inspector.start(),
    end: async () => {
      profile = await inspector.stop()
    },
    profile: () => profile,
  }
}

async function recorded<T>(
  system: System,
  { processes }: Bench,
  work: (stage: Stage, recorders: readonly Inspector[]) => Promise<T>,
): Promise<T> {
  const { options, inspectors } = inspectable(system.replicas)
  return onStage(
    system,
    processes,
    async (stage) => {
      const recorders = await processes.during(inspectors())
      try {
        return await work(stage, recorders)
      } finally {
        for (const recorder of recorders) recorder.close()
      }
    },
    options,
  )
}
