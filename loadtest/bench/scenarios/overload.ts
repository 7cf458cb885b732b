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

/** Of what the replica carries. */
const OVERLOAD = 1.5
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

interface Found {
  readonly streams: number
  readonly before: Measurement
  readonly during: Measurement
  readonly after: Measurement
  readonly acknowledged: Latency
  readonly refused: Readonly<Record<string, number>>
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
      const streams = Math.ceil(OVERLOAD * carried)
      say(`  half a core carries about ${carried} streams; now ${streams}`)
      const { during, tried } = await drown(stage, { ...sizes.steady, streams, seconds: sizes.overloadSeconds })
      const after = await measure(stage, calm)
      const { faults } = await stage.clients.crowdTally()
      await stage.clients.disperse()
      const found = {
        streams,
        before,
        during,
        after,
        acknowledged: latencyOf(tried.acknowledged),
        refused: tried.refused,
        faults: faultsIn(before.faults) + faultsIn(during.faults) + faultsIn(after.faults) + faultsIn(faults),
      }
      say(
        `  p50 / p99 ${latencyText(before.latency)} -> ${latencyText(during.latency)} -> ${latencyText(after.latency)} ms`,
      )
      return findingOf(found, sizes.overloadSeconds)
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

function findingOf(found: Found, seconds: number): Finding {
  const { streams, before, during, after, acknowledged, refused } = found
  const row = (name: string, { latency, delivered, cores }: Measurement) => [
    name,
    latencyText(latency),
    percent(delivered),
    percent(cores.app),
  ]
  const said = Object.entries(refused).map(([code, count]) => `${count} ${code}`)
  return {
    name: 'hostile',
    title: `${Math.round((OVERLOAD - 1) * 100)} % more than a replica carries, for ${seconds} s`,
    about:
      `${streams} answers on a replica that has half a core, because a process that never rests has the other half. Of ${NEWCOMERS} new messages in the ` +
      `middle of it ${said.length > 0 ? `these were refused: ${said.join(', ')}` : 'none was refused'}; the others were acknowledged after ${latencyText(acknowledged)} ms (p50 / p99). ` +
      'Answers that were running must complete, whole. "After" begins as soon as the last of them has ended.',
    columns: ['', 'p50 / p99 ms', 'kept up', 'app, of a core'],
    rows: [row('before', before), row('meanwhile', during), row('after', after)],
    charts: [
      {
        title: 'Latency, p50 and p99',
        unit: 'ms',
        bars: [
          latencyBar('before', before.latency),
          latencyBar('meanwhile', during.latency),
          latencyBar('after', after.latency),
        ],
      },
    ],
    goals: goal('faults while overloaded, running answers that did not complete among them', found.faults, 0),
    faults: found.faults,
    data: found,
  }
}
