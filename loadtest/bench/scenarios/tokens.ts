import { faultsIn } from '../clients/tally.ts'
import { type Measurement, measure } from '../measure.ts'
import { costBar, goal, latencyText, median, ms, NONE, percent, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, ratioIn, spreadIn } from '../rounds.ts'
import type { Load } from '../sizes.ts'
import { onStage } from '../stage.ts'
import type { System } from '../systems/catalogue.ts'
import { type Scenario, STAGE_SECONDS, secondsOf, withBaseline, withBaselineBehindNginx } from './scenario.ts'

/** Those that carry the heavy load on one core: the others would be measured drowning. */
const HEAVY = ['relay', 'baton', 'baton-0ms', 'baseline']

interface Loads {
  readonly steady: Measurement
  readonly heavy?: Measurement
}

/** What a token costs in each system, in the same rounds. */
export const tokens: Scenario = {
  name: 'tokens',
  title: 'CPU per token, each system beside the others',
  seconds: ({ rounds, steady, heavy }, systems) =>
    rounds *
    systems.reduce(
      (sum, { name }) =>
        sum + STAGE_SECONDS + secondsOf(steady) + (HEAVY.includes(name) ? secondsOf(heavy) + LATE_SECONDS : 0),
      0,
    ),
  async run(bench) {
    const { sizes, processes, say } = bench
    const isBehindNginx = bench.systems.some(({ name }) => name === 'baton-x3')
    const baselines = [...withBaseline(bench), ...(isBehindNginx ? withBaselineBehindNginx(bench) : [])]
    const systems = [...bench.systems, ...baselines]
    const runs = await interleave(sizes.rounds, systems, (system, round) =>
      onStage(system, processes, async (stage) => {
        const steady = await measure(stage, sizes.steady)
        const heavy = HEAVY.includes(system.name) ? await measure(stage, sizes.heavy) : undefined
        say(`  round ${round}/${sizes.rounds}  ${system.name.padEnd(9)} ${inShort(steady)}`)
        if (heavy !== undefined) say(`  ${''.padEnd(20)}${inShort(heavy)}`)
        return { steady, ...(heavy && { heavy }) }
      }),
    )
    return [
      findingOf(systems, runs, sizes.steady, ({ steady }) => steady),
      findingOf(
        systems,
        runs.filter(({ result }) => result.heavy !== undefined),
        sizes.heavy,
        ({ steady, heavy }) => heavy ?? steady,
      ),
    ]
  },
}

const LATE_SECONDS = 1

function findingOf(
  systems: readonly System[],
  runs: readonly Run<System, Loads>[],
  { streams, rate }: Load,
  of: (loads: Loads) => Measurement,
): Finding {
  const named = (name: string) => systems.find((system) => system.name === name)
  const all = (loads: Loads) => of(loads).cost.all
  const ratio = (system: System, reference: string) => {
    const other = named(reference)
    return other && ratioIn(runs, system, other, all)
  }
  const rows = systems.flatMap((system) => {
    const spread = (value: (of: Measurement) => number) => spreadIn(runs, system, (loads) => value(of(loads)))
    const cost = spread((m) => m.cost.all)
    if (cost === undefined) return []
    const part = (name: 'app' | 'store' | 'nginx') => spread((m) => m.cost[name])?.median ?? 0
    const faults = runs
      .filter(({ item }) => item === system)
      .reduce((sum, { result }) => sum + faultsIn(of(result).faults), 0)
    const latency = { p50: spread((m) => m.latency.p50)?.median ?? 0, p99: spread((m) => m.latency.p99)?.median ?? 0 }
    const cells = [
      system.name,
      part('app').toFixed(1),
      part('store').toFixed(1),
      part('nginx').toFixed(1),
      spreadText(cost, 1),
      spreadText(ratio(system, 'relay'), 2),
      spreadText(ratio(system, 'plain'), 2),
      spreadText(ratio(system, 'plain-x3'), 2),
      spreadText(ratio(system, system.front === 'nginx' ? 'baseline-x3' : 'baseline'), 2),
      latencyText(latency),
      median(
        spread((m) => m.deltasPerToken),
        2,
      ),
      median(
        spread((m) => m.bytesPerToken),
        0,
      ),
      percent(spread((m) => m.delivered)?.median ?? 0),
      String(faults),
    ]
    const bar = costBar(
      system.name,
      { app: part('app'), store: part('store'), nginx: part('nginx'), all: cost.median },
      cost,
    )
    return [{ system, cells, bar, faults }]
  })
  const baton = named('baton')
  const behind = named('baton-x3')
  const load = `${streams} x ${rate}`
  return {
    name: 'tokens',
    title: `CPU per token at ${streams} answers x ${rate} tokens/s`,
    about:
      'Microseconds of CPU per 5-character token that reached a client, of the system’s processes, of Redis (or NATS), and of nginx. ' +
      'Medians over the rounds (min-max); ratios are made within a round. Deltas and bytes are per token. "Kept up": tokens that ' +
      'came through, of those that the model sent; below 97 % the figures are those of a system that drowns.',
    ...filled(
      COLUMNS,
      rows.map(({ cells }) => cells),
    ),
    terms: rows.map(({ system }) => system),
    charts: [{ title: 'CPU per token', unit: 'µs', bars: rows.map(({ bar }) => bar) }],
    goals: [
      ...goal(
        `CPU per token at ${load}, gateway and Redis, against the relay`,
        baton && ratio(baton, 'relay')?.median,
        1,
      ),
      ...goal(
        `CPU per token at ${load}, 3 replicas behind nginx, against the plain composition there`,
        behind && ratio(behind, 'plain-x3')?.median,
        0.35,
      ),
    ],
    faults: rows.reduce((sum, { faults }) => sum + faults, 0),
    data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...of(result) })),
  }
}

/** A table without the columns that have nothing in any row. */
function filled(columns: readonly string[], rows: readonly (readonly string[])[]) {
  const isFilled = (_: string, i: number) => rows.some((cells) => cells[i] !== NONE)
  return { columns: columns.filter(isFilled), rows: rows.map((cells) => cells.filter(isFilled)) }
}

const COLUMNS = [
  'system',
  'app µs',
  'store µs',
  'nginx µs',
  'all µs',
  'to relay',
  'to plain',
  'to plain-x3',
  'to baseline',
  'p50 / p99 ms',
  'deltas',
  'bytes',
  'kept up',
  'faults',
]

function inShort({ cost, latency, cores, delivered, faults }: Measurement): string {
  const wrong = faultsIn(faults)
  return [
    `${cost.all.toFixed(1)} µs a token`,
    `p50 ${ms(latency.p50)} ms`,
    `of a core: app ${percent(cores.app)}, model ${percent(cores.model)}, clients ${percent(cores.clients)}, others ${percent(cores.others)}`,
    ...(delivered < 0.97 ? [`kept up with ${percent(delivered)}`] : []),
    ...(wrong > 0 ? [`FAULTS ${JSON.stringify(faults)}`] : []),
  ].join(' · ')
}
