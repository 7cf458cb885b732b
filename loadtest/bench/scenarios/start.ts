import { setTimeout as sleep } from 'node:timers/promises'
import { type Inspector, inspectable } from '../lib/inspector.ts'
import { goal, mib, spreadText } from '../report/figures.ts'
import { interleave, ratioIn, spreadIn } from '../rounds.ts'
import { onStage, type Stage } from '../stage.ts'
import { usageOf } from '../usage.ts'
import { weightOf } from './memory.ts'
import { type Scenario, STAGE_SECONDS, withBaseline } from './scenario.ts'

/** For what a start leaves behind to be done with. */
const SETTLE_MS = 1000
const MIB = 2 ** 20

interface Start {
  readonly readyMs: number
  /** CPU until it was ready, in milliseconds. */
  readonly cpuMs: number
  /** Bytes: resident, and of V8's heap, after a collection. */
  readonly memory: number
  readonly heap: number
}

/** What a replica takes until it serves, and holds before anybody came. */
export const start: Scenario = {
  name: 'start',
  title: 'start and memory of a replica that nobody has used',
  seconds: ({ rounds }) => rounds * 3 * (STAGE_SECONDS + SETTLE_MS / 1000),
  async run(bench) {
    const { sizes, processes, say } = bench
    const systems = withBaseline(bench, 'relay', 'plain', 'baton')
    const runs = await interleave(sizes.rounds, systems, async (system, round) => {
      const { options, inspectors } = inspectable()
      const work = async (stage: Stage) => weigh(stage, await processes.during(inspectors()))
      const started = await onStage(system, processes, work, options)
      const { readyMs, memory, heap } = started
      say(
        `  round ${round}/${sizes.rounds}  ${system.name.padEnd(8)} ready after ${readyMs.toFixed(0)} ms, ` +
          `${mib(memory)} MiB, heap ${mib(heap)}`,
      )
      return started
    })
    const baton = systems.find(({ name }) => name === 'baton')
    const spread = (system: (typeof systems)[number], of: (start: Start) => number) => spreadIn(runs, system, of)
    const against = (system: (typeof systems)[number], of: (start: Start) => number) =>
      spreadText(bench.baseline && ratioIn(runs, system, bench.baseline, of), 2)
    const ready = ({ readyMs }: Start) => readyMs / 1000
    const cpu = ({ cpuMs }: Start) => cpuMs / 1000
    const resident = ({ memory }: Start) => memory / MIB
    const held = ({ heap }: Start) => heap / MIB
    return [
      {
        name: 'start',
        title: 'A replica that nobody has used',
        about:
          'From the start of the process until it is ready, and the CPU that this took; resident memory (RSS) and V8’s heap after a garbage ' +
          'collection, with the inspector that is asked for it. Medians over the rounds (min-max).',
        columns: ['system', 'ready after s', 'to baseline', 'CPU s', 'memory MiB', 'to baseline', 'heap MiB'],
        rows: systems.map((system) => [
          system.name,
          spreadText(spread(system, ready), 2),
          against(system, ready),
          spreadText(spread(system, cpu), 2),
          spreadText(spread(system, resident), 0),
          against(system, resident),
          spreadText(spread(system, held), 1),
        ]),
        charts: [],
        goals: [
          ...goal('s until a replica is ready', baton && spread(baton, ready)?.median, 0.7),
          ...goal('MiB of memory of a replica that nobody has used', baton && spread(baton, resident)?.median, 70),
        ],
        faults: 0,
        data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...result })),
      },
    ]
  },
}

async function weigh(stage: Stage, [inspector]: readonly Inspector[]): Promise<Start> {
  if (inspector === undefined) throw new Error('a replica without an inspector')
  const { processes, readyMs } = stage
  const cpuMs = usageOf(stage).app / 1000
  await processes.during(sleep(SETTLE_MS))
  await processes.during(inspector.collectGarbage())
  const heap = await processes.during(inspector.heapUsed())
  await processes.during(sleep(SETTLE_MS / 10))
  inspector.close()
  return { readyMs, cpuMs, memory: weightOf(stage), heap }
}
