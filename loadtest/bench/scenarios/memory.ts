import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { memoryOf } from '../lib/cpu.ts'
import { pidOf } from '../lib/processes.ts'
import { measure } from '../measure.ts'
import { goal, kib, mib, percent } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage, type Stage } from '../stage.ts'
import { type System, systemNamed } from '../systems/catalogue.ts'
import { type Bench, type Scenario, STAGE_SECONDS } from './scenario.ts'

const NAMES = ['relay', 'plain', 'baton']
const KIB = 1024
/** Connections that come and go before anything is weighed: the first ones pay for code and caches. */
const WARMUP = 50
/** For what is short-lived to be collected, once all are there. */
const REST_MS = 3000
const POLL_MS = 500
const OPENED_PER_SECOND = 800
/** Slow, so that the weight of answers is that of their being there. */
const ANSWERS = { rate: 4, rampSeconds: 0.5, warmupSeconds: 1, seconds: 2 }
const ANSWERS_PER_CONNECTION = 0.2

interface Weights {
  readonly name: string
  readonly started: number
  readonly perConnection: number
  /** Of what the connections had taken, after they left. */
  readonly returned: number
  readonly perAnswer: number
  readonly faults: number
}

/** What connections and answers weigh. */
export const memory: Scenario = {
  name: 'memory',
  title: 'memory per idle connection and per running answer',
  seconds: ({ crowd, settleSeconds }) =>
    NAMES.length * (STAGE_SECONDS + crowd / OPENED_PER_SECOND + REST_MS / 1000 + settleSeconds + 7),
  async run({ sizes, processes, say }: Bench) {
    const found: Weights[] = []
    for (const system of NAMES.map(systemNamed)) {
      const weights = await onStage(system, processes, (stage) =>
        weigh(system, stage, sizes.crowd, sizes.settleSeconds),
      )
      found.push(weights)
      say(
        `  ${system.name.padEnd(6)} ${kib(weights.perConnection)} KiB a connection, ${percent(weights.returned)} returned`,
      )
    }
    return [findingOf(found, sizes.crowd)]
  },
}

async function weigh({ name }: System, stage: Stage, crowd: number, settleSeconds: number): Promise<Weights> {
  const { processes, clients, urls } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.gather(urls, WARMUP))
  await clients.disperse()
  await during(sleep(Math.min(REST_MS, settleSeconds * 1000)))
  const started = weightOf(stage)
  await during(clients.gather(urls, crowd))
  await during(sleep(Math.min(REST_MS, settleSeconds * 1000)))
  const full = weightOf(stage)
  const { faults } = await clients.crowdTally()
  await clients.disperse()
  const left = await during(lightest(stage, settleSeconds * 1000))

  let opened = 0
  let running = 0
  const streams = Math.ceil(crowd * ANSWERS_PER_CONNECTION)
  const answers = await measure(
    stage,
    { ...ANSWERS, streams },
    {
      opened: async () => {
        opened = weightOf(stage)
      },
      end: async () => {
        running = weightOf(stage)
      },
    },
  )
  return {
    name,
    started,
    perConnection: (full - started) / crowd,
    returned: full > started ? (full - left) / (full - started) : 1,
    perAnswer: Math.max(0, running - opened) / streams,
    faults: faultsIn(faults) + faultsIn(answers.faults),
  }
}

export function weightOf({ replicas }: Stage): number {
  return replicas.reduce((sum, replica) => sum + memoryOf(pidOf(replica.process)), 0)
}

/** The least that the replicas weigh within so many milliseconds. */
async function lightest(stage: Stage, ms: number): Promise<number> {
  const deadline = Date.now() + ms
  let least = weightOf(stage)
  while (Date.now() < deadline) {
    await sleep(POLL_MS)
    least = Math.min(least, weightOf(stage))
  }
  return least
}

function findingOf(found: readonly Weights[], crowd: number): Finding {
  const baton = found.find(({ name }) => name === 'baton')
  return {
    name: 'memory',
    title: 'Memory',
    about:
      `Resident memory (RSS) of the system’s process: what it grew by with ${crowd} idle connections, each with a session open, per connection; ` +
      'how much of that it had given back some seconds after they left; and what it grew by with answers running, per answer.',
    columns: ['system', 'started, MiB', 'KiB a connection', 'returned', 'KiB an answer'],
    rows: found.map(({ name, started, perConnection, returned, perAnswer }) => [
      name,
      mib(started),
      kib(perConnection),
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
