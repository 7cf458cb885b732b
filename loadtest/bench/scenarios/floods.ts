import type { FlooderProcess } from '../clients/flooder.ts'
import { FLOODS, type FloodName } from '../clients/floods.ts'
import type { Remote } from '../lib/remote.ts'
import type { Spread } from '../lib/statistics.ts'
import { type Latency, latencyOf } from '../measure.ts'
import { goal, median, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, ratioIn, spreadIn } from '../rounds.ts'
import { onStage, type Stage } from '../stage.ts'
import { BATON } from '../systems/catalogue.ts'
import { longSession, startFlooder } from './flooder.ts'
import { type Scenario, STAGE_SECONDS } from './scenario.ts'

const QUIET = 'quiet'
type Weather = FloodName | typeof QUIET
const NAMES = Object.keys(FLOODS) as FloodName[]
const WEATHERS: readonly Weather[] = [QUIET, ...NAMES]

/** What the others may wait, against a quiet machine. */
const MOST = 3

interface Felt {
  readonly latency: Latency
  readonly connections: number
  /** Of the time, while one of them flooded. */
  readonly share: number
  readonly bytes: number
}

/** What others feel of one connection that sends all that it can. */
export const floods: Scenario = {
  name: 'floods',
  title: 'others beside one connection that floods a replica',
  seconds: ({ rounds, floodMs }) => STAGE_SECONDS + (rounds * WEATHERS.length * floodMs) / 1000 + 3,
  async run({ sizes, processes, say }) {
    return onStage(BATON, processes, async (stage) => {
      const { flooder, stop } = startFlooder(processes)
      try {
        const sessionId = await longSession(stage)
        await feel(stage, flooder, QUIET, sessionId, sizes.floodMs) // code that has not run yet is slow
        const runs = await interleave(sizes.rounds, WEATHERS, async (weather, round) => {
          const felt = await feel(stage, flooder, weather, sessionId, sizes.floodMs)
          const { p50, p99 } = felt.latency
          say(
            `  ${round} ${weather.padEnd(10)} p50 / p99 ${p50.toFixed(1)} / ${p99.toFixed(1)} ms, ${felt.connections} connections`,
          )
          return felt
        })
        return [findingOf(runs)]
      } finally {
        await stop()
      }
    })
  },
}

async function feel(
  { processes, clients, urls }: Stage,
  flooder: Remote<FlooderProcess>,
  weather: Weather,
  sessionId: string,
  ms: number,
): Promise<Felt> {
  const [url = ''] = urls
  const flooding = weather === QUIET ? [] : flooder.flood(url, weather, sessionId, ms)
  const [waits, flooded] = await processes.during(Promise.all([clients.standBy(url, ms), flooding]))
  return {
    latency: latencyOf(waits),
    connections: flooded.length,
    share: sumOf(flooded, ({ from, to }) => to - from) / ms,
    bytes: sumOf(flooded, ({ bytes }) => bytes),
  }
}

function sumOf<T>(all: readonly T[], value: (one: T) => number): number {
  return all.reduce((sum, one) => sum + value(one), 0)
}

function findingOf(runs: readonly Run<Weather, Felt>[]): Finding {
  const p50 = ({ latency }: Felt) => latency.p50
  const p99 = ({ latency }: Felt) => latency.p99
  const ratios = NAMES.map((name) => [name, ratioIn(runs, name, QUIET, p99)] as const)
  const of = (weather: Weather, value: (felt: Felt) => number) => spreadIn(runs, weather, value)
  const row = (weather: Weather, title: string, ratio: Spread | undefined) => [
    title,
    median(of(weather, p50), 1),
    spreadText(of(weather, p99), 1),
    spreadText(ratio, 2),
    median(
      of(weather, ({ connections }) => connections),
      0,
    ),
    median(
      of(weather, ({ share }) => 100 * share),
      0,
    ),
  ]
  return {
    name: 'floods',
    title: 'One connection that floods',
    about:
      'Four clients open their session again every 10 ms. Beside them one connection at a time sends all that the replica takes of it, and comes back ten times a second where it is hung up on. ' +
      'How long the others wait for their acknowledgement all that time; the p99 is also told against that of the quiet time in the same round.',
    columns: ['the flood is of', 'p50 ms', 'p99 ms', 'to quiet', 'connections', '% of the time'],
    rows: [row(QUIET, 'nothing', undefined), ...ratios.map(([name, ratio]) => row(name, FLOODS[name].title, ratio))],
    charts: [
      {
        title: 'p99 of the others',
        unit: 'ms',
        bars: WEATHERS.map((weather) => ({
          label: weather,
          parts: [{ name: 'p99', value: of(weather, p99)?.median ?? 0 }],
        })),
      },
    ],
    goals: ratios.flatMap(([name, ratio]) =>
      goal(`p99 of the others beside ${FLOODS[name].title}, to quiet`, ratio?.median, MOST),
    ),
    faults: 0,
    data: runs,
  }
}
