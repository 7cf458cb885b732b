import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { pinningIsMissing, separate, startSpinning } from '../lib/pinning.ts'
import { type Latency, latencyOf, type Measurement, measure } from '../measure.ts'
import { goal, latencyBar, latencyText, percent } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import type { Load } from '../sizes.ts'
import { onStage, type Stage } from '../stage.ts'
import { BATON } from '../systems/catalogue.ts'
import type { Bench } from './scenario.ts'

/** Of what the replica carries: what it makes room for by gathering more, and what is too much for it. */
const OVERLOADS = [1.5, 3]
/** The share of a core that it has, beside a process that would take it all. */
const SHARE = 0.5
const CALM = 0.2
/** New messages that are sent while it is overloaded. */
const NEWCOMERS = 50
const QUESTION = { tokens: 5, head: 5, rate: 40 }
/** Times the streams that it begins with: no replica is that good. */
const MOST = 12
/** Where a share of a core counts as filled, and when a replica does not keep up. */
const FULL = 0.9
const KEPT_UP = 0.97
const LATE_MS = 100
const GROWTH = 1.25

interface Drowned {
  readonly factor: number
  readonly streams: number
  readonly during: Measurement
  readonly after: Measurement
  readonly acknowledged: Latency
  readonly refused: Readonly<Record<string, number>>
}
interface Found {
  readonly before: Measurement
  readonly drowned: readonly Drowned[]
  readonly faults: number
}

/** More than it carries for a while; null where that cannot be made here. */
export async function overload({ sizes, processes, say }: Bench): Promise<Finding | null> {
  const missing = pinningIsMissing()
  if (missing !== undefined) {
    say(`  overload is left out: ${missing}`)
    return null
  }
  return onStage(BATON, processes, async (stage) => {
    const spinning = startSpinning(processes)
    try {
      const { replicas, helpers, broker } = stage
      separate(
        [...replicas.map((replica) => replica.process), spinning],
        [helpers.model, helpers.clients, ...(broker ? [broker.process] : [])],
      )
      const calm = { ...sizes.steady, streams: Math.ceil(sizes.steady.streams * CALM) }
      const before = await measure(stage, calm)
      const carried = await carriedBy(stage, sizes.steady)
      const drowned: Drowned[] = []
      let faults = faultsIn(before.faults)
      for (const factor of OVERLOADS) {
        const streams = Math.ceil(factor * carried)
        say(`  half a core carries about ${carried} streams; now ${streams}`)
        const { during, tried } = await drown(stage, { ...sizes.steady, streams, seconds: sizes.overloadSeconds })
        const after = await measure(stage, calm)
        const { faults: newcomers } = await stage.clients.crowdTally()
        await stage.clients.disperse()
        faults += faultsIn(during.faults) + faultsIn(after.faults) + faultsIn(newcomers)
        const acknowledged = latencyOf(tried.acknowledged)
        drowned.push({ factor, streams, during, after, acknowledged, refused: tried.refused })
        const steps = [before, during, after].map(({ latency }) => latencyText(latency))
        say(`  p50 / p99 ${steps.join(' -> ')} ms, refused: ${refusedText(tried.refused)}`)
      }
      return findingOf({ before, drowned, faults }, sizes.overloadSeconds)
    } finally {
      await processes.stop(spinning)
    }
  })
}

/** How many streams fill the replica's share of the core: found by ever more, because work gets cheaper under load. */
async function carriedBy(stage: Stage, load: Load): Promise<number> {
  const most = MOST * load.streams
  let streams = load.streams
  while (streams < most) {
    const { cores, delivered, latency } = await measure(stage, {
      ...load,
      streams,
      seconds: Math.min(1.5, load.seconds),
    })
    if (cores.app > FULL * SHARE || delivered < KEPT_UP || latency.p50 > LATE_MS) break
    // What it would be if a token went on costing the same is too few, except where that is enough already.
    const factor = Math.max(GROWTH, Math.min(4, SHARE / Math.max(cores.app, 0.02)))
    streams = Math.min(most, Math.ceil(streams * factor))
  }
  return streams
}

/** Measures under too much load, and asks some more in the middle of it. */
async function drown({ processes, clients, urls, ...stage }: Stage, load: Load) {
  let tried: Awaited<ReturnType<typeof clients.crowdTries>> = { acknowledged: [], refused: {} }
  let asking: Promise<void> = Promise.resolve()
  const during = await measure({ processes, clients, urls, ...stage }, load, {
    opened: () => processes.during(clients.gather(urls, NEWCOMERS)),
    begin: async () => {
      asking = sleep((load.seconds * 1000) / 2).then(async () => {
        tried = await clients.crowdTries(QUESTION, NEWCOMERS)
      })
    },
    end: () => processes.during(asking),
  })
  return { during, tried }
}

const refusedText = (refused: Drowned['refused']): string =>
  Object.entries(refused)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ') || 'none'

function findingOf(found: Found, seconds: number): Finding {
  const { before, drowned, faults } = found
  const row = (name: string, { latency, delivered, cores }: Measurement, more: readonly string[] = ['-', '-']) => [
    name,
    latencyText(latency),
    percent(delivered),
    percent(cores.app),
    ...more,
  ]
  const rows = drowned.flatMap(({ factor, streams, during, after, acknowledged, refused }) => [
    row(`${factor} times: ${streams}`, during, [refusedText(refused), latencyText(acknowledged)]),
    row('after', after),
  ])
  return {
    name: 'hostile',
    title: `More than a replica carries, for ${seconds} s`,
    about:
      'Answers on a replica that has half a core, because a process that never rests has the other half: so many times what fills it. ' +
      `In the middle of it ${NEWCOMERS} new messages are sent. Answers that were running must complete, whole. "After" begins as soon as the last of them has ended.`,
    columns: ['', 'p50 / p99 ms', 'kept up', 'app, of a core', 'new messages refused', 'others acknowledged, ms'],
    rows: [row('before', before), ...rows],
    charts: [
      {
        title: 'Latency, p50 and p99',
        unit: 'ms',
        bars: [
          latencyBar('before', before.latency),
          ...drowned.flatMap(({ factor, during, after }) => [
            latencyBar(`${factor} times`, during.latency),
            latencyBar('after', after.latency),
          ]),
        ],
      },
    ],
    goals: goal('faults while overloaded, running answers that did not complete among them', faults, 0),
    faults,
    data: found,
  }
}
