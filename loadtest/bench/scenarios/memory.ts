import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { memoryOf } from '../lib/cpu.ts'
import { type Inspector, inspectable } from '../lib/inspector.ts'
import { pidOf } from '../lib/processes.ts'
import { measure } from '../measure.ts'
import { goal, kib, mib, percent } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage, type Stage } from '../stage.ts'
import type { System } from '../systems/catalogue.ts'
import { type Bench, type Scenario, STAGE_SECONDS, withBaseline } from './scenario.ts'

const NAMES = ['relay', 'plain', 'baton']
const KIB = 1024
/** One leaves what others refer to by a finaliser, and pages that V8 has yet to give back. */
const COLLECTIONS = 3
/** Connections that come and go before anything is weighed: the first ones pay for code and caches. */
const WARMUP = 50
const OPENED_PER_SECOND = 800
/** Slow, so that the weight of answers is that of their being there. */
const ANSWERS = { rate: 4, rampSeconds: 0.5, warmupSeconds: 1, seconds: 1 }
const ANSWERS_PER_CONNECTION = 0.2

interface Weights {
  readonly name: string
  readonly started: number
  /** Once garbage has been collected, and as it is. */
  readonly perConnection: number
  /** Of V8's heap, what is in use. */
  readonly heapPerConnection: number
  readonly withGarbage: number
  /** Of what the connections had taken, after they left. */
  readonly returned: number
  readonly perAnswer: number
  readonly faults: number
}

/** What connections and answers weigh. */
export const memory: Scenario = {
  name: 'memory',
  title: 'memory per idle connection and per running answer',
  seconds: ({ crowd, restMs }) =>
    NAMES.length * (STAGE_SECONDS + crowd / OPENED_PER_SECOND + (5.5 * restMs) / 1000 + 7),
  async run(bench: Bench) {
    const { sizes, processes, say } = bench
    const found: Weights[] = []
    for (const system of withBaseline(bench, ...NAMES)) {
      const { options, inspectors } = inspectable()
      const work = async (stage: Stage) => {
        const [inspector] = await processes.during(inspectors())
        if (inspector === undefined) throw new Error('a replica without an inspector')
        return weigh(system, stage, sizes.crowd, sizes.restMs, inspector)
      }
      const weights = await onStage(system, processes, work, options)
      found.push(weights)
      say(
        `  ${system.name.padEnd(6)} ${kib(weights.perConnection)} KiB a connection, ${percent(weights.returned)} returned`,
      )
    }
    return [findingOf(found, sizes.crowd)]
  },
}

async function weigh(
  { name }: System,
  stage: Stage,
  crowd: number,
  restMs: number,
  inspector: Inspector,
): Promise<Weights> {
  const { processes, clients, urls } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  const held = async () => {
    await during(sleep(restMs))
    for (let i = 0; i < COLLECTIONS; i++) {
      await during(inspector.collectGarbage())
      await during(sleep(restMs / 10))
    }
    return weightOf(stage)
  }
  await during(clients.gather(urls, WARMUP))
  await clients.disperse()
  const started = await held()
  const startedHeap = await during(inspector.heapUsed())
  await during(clients.gather(urls, crowd))
  const withGarbage = weightOf(stage)
  const full = await held()
  const fullHeap = await during(inspector.heapUsed())
  const { faults } = await clients.crowdTally()
  await clients.disperse()
  const left = await held()

  let opened = 0
  let running = 0
  const streams = Math.ceil(crowd * ANSWERS_PER_CONNECTION)
  const answers = await measure(
    stage,
    { ...ANSWERS, streams },
    {
      opened: async () => {
        opened = await held()
      },
      begin: async () => {
        running = await held()
      },
    },
  )
  inspector.close()
  return {
    name,
    started,
    perConnection: (full - started) / crowd,
    heapPerConnection: (fullHeap - startedHeap) / crowd,
    withGarbage: (withGarbage - started) / crowd,
    returned: full > started ? (full - left) / (full - started) : 1,
    perAnswer: Math.max(0, running - opened) / streams,
    faults: faultsIn(faults) + faultsIn(answers.faults),
  }
}

/** Resident memory of all replicas, in bytes. */
export function weightOf({ replicas }: Stage): number {
  return replicas.reduce((sum, replica) => sum + memoryOf(pidOf(replica.process)), 0)
}

function findingOf(found: readonly Weights[], crowd: number): Finding {
  const baton = found.find(({ name }) => name === 'baton')
  return {
    name: 'memory',
    title: 'Memory',
    about:
      `Resident memory (RSS) of the system’s process: what it grew by with ${crowd} idle connections, each with a session open, per connection, ` +
      'once garbage has been collected, what of it V8’s heap holds, and before any collection; how much it had given back, again collected, after they left; and what it grew by with ' +
      'answers running, per answer.',
    columns: [
      'system',
      'started, MiB',
      'KiB a connection',
      'of them heap',
      'with garbage',
      'returned',
      'KiB an answer',
    ],
    rows: found.map(({ name, started, perConnection, heapPerConnection, withGarbage, returned, perAnswer }) => [
      name,
      mib(started),
      kib(perConnection),
      kib(heapPerConnection),
      kib(withGarbage),
      percent(returned),
      kib(perAnswer),
    ]),
    charts: [
      {
        title: 'Memory per idle connection with an open session',
        unit: 'KiB',
        bars: found.map(({ name, perConnection }) => ({
          label: name,
          parts: [{ name: 'memory', value: Math.max(0, perConnection / KIB) }],
        })),
      },
    ],
    goals: goal('KiB of memory per idle connection with an open session', baton && baton.perConnection / KIB, 12),
    faults: found.reduce((sum, { faults }) => sum + faults, 0),
    data: found,
  }
}
