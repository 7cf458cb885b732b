import { faultsIn } from '../clients/tally.ts'
import { type Exchanges, type Latency, type Measurement, measure, measureExchanges } from '../measure.ts'
import { goal, latencyBar, latencyText, percent } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, spreadIn } from '../rounds.ts'
import type { Sizes } from '../sizes.ts'
import { onStage, type Stage } from '../stage.ts'
import { type System, speechOf } from '../systems/catalogue.ts'
import { type Scenario, STAGE_SECONDS, secondsOf, withBaseline } from './scenario.ts'

const NAMES = ['relay', 'plain', 'baton', 'baton-0ms']
/** Shares of a core that a system's process is brought to. */
const HALF = 0.5
const MUCH = 0.8
const MOST_STREAMS = 3000
/** Tokens of an answer of which only the beginning is wanted. */
const SHORT = 4
/** A look at the load that a guess gives, before the guess is put right. */
const trial = (sizes: Sizes) => ({ ...sizes.steady, seconds: Math.min(1, sizes.steady.seconds), warmupSeconds: 0.5 })

/** Under a load that takes so much of a core. */
interface Loaded {
  readonly latency: Latency
  readonly share: number
}
interface Latencies {
  readonly first: Latency
  readonly idle: Latency
  readonly half: Loaded
  readonly much: Loaded
  readonly faults: number
}

/** How much later than the model sent it a client has a token. */
export const latency: Scenario = {
  name: 'latency',
  title: 'added latency, idle and under load',
  seconds: (sizes, systems) =>
    sizes.longRounds *
    systems.filter(({ name }) => NAMES.includes(name)).length *
    (STAGE_SECONDS + 2 * secondsOf(sizes.idle) + 3 * secondsOf(trial(sizes)) + 2 * secondsOf(sizes.steady)),
  async run(bench) {
    const { sizes, processes, say } = bench
    const systems = [...bench.systems.filter(({ name }) => NAMES.includes(name)), ...withBaseline(bench)]
    const runs = await interleave(sizes.longRounds, systems, (system, round) =>
      onStage(system, processes, async (stage) => {
        const latencies = await latenciesOf(stage, sizes)
        say(`  round ${round}/${sizes.longRounds}  ${system.name.padEnd(9)} ${cellsOf(latencies).join(' · ')}`)
        return latencies
      }),
    )
    return [findingOf(systems, runs)]
  },
}

async function latenciesOf(stage: Stage, sizes: Sizes): Promise<Latencies> {
  const first = await firstText(stage, sizes)
  const idle = await measure(stage, sizes.idle)
  const tried = await measure(stage, trial(sizes))
  const half = await atShare(stage, sizes, HALF, streamsFor(HALF, tried, sizes.steady.streams))
  const much = await atShare(stage, sizes, MUCH, streamsFor(MUCH, tried, sizes.steady.streams))
  const at = ({ latency: of, cores }: Measurement): Loaded => ({ latency: of, share: cores.app })
  const faults = [first, idle, tried, half, much].reduce((sum, one) => sum + faultsIn(one.faults), 0)
  return { first: first.first, idle: idle.latency, half: at(half), much: at(much), faults }
}

/** Short answers, one after another, in few sessions. */
async function firstText(stage: Stage, { idle }: Sizes): Promise<Exchanges> {
  await stage.processes.during(stage.clients.open(stage.urls, speechOf(stage.system), idle.streams))
  const exchanges = await measureExchanges(stage, { tokens: SHORT, rate: idle.rate }, idle.seconds, idle.warmupSeconds)
  await stage.processes.during(stage.clients.finish(1000))
  return exchanges
}

/** Measures with as many streams as bring the system to that share of a core. */
async function atShare(stage: Stage, sizes: Sizes, share: number, guess: number): Promise<Measurement> {
  const trialled = await measure(stage, { ...trial(sizes), streams: guess })
  return measure(stage, { ...sizes.steady, streams: streamsFor(share, trialled, guess) })
}

function streamsFor(share: number, { cores }: Measurement, streams: number): number {
  const used = Math.max(cores.app, 0.02)
  return Math.max(1, Math.min(MOST_STREAMS, Math.round((streams * share) / used)))
}

function cellsOf({ first, idle, half, much }: Latencies): string[] {
  const loaded = ({ latency: of, share }: Loaded) => `${latencyText(of)} at ${percent(share)}`
  return [latencyText(first), latencyText(idle), loaded(half), loaded(much)]
}

function findingOf(systems: readonly System[], runs: readonly Run<System, Latencies>[]): Finding {
  const found = systems.map((system) => ({ name: system.name, ...mediansOf(runs, system) }))
  const of = (name: string) => found.find((one) => one.name === name)
  const atOnce = of('baton-0ms')
  const chart = (title: string, measured: (latencies: Latencies) => Latency) => ({
    title,
    unit: 'ms',
    bars: found.map((one) => latencyBar(one.name, measured(one))),
  })
  return {
    name: 'latency',
    title: 'Added latency',
    about:
      'Milliseconds (p50 / p99) from just before the model stand-in writes a token until the client has it whole; two loopback hops and ' +
      'the delay of the load generator are in it, as the relay’s figure shows. Loaded: with as many answers as bring the ' +
      'system’s process near 50 % and 80 % of one core; the share that was reached stands beside it. Medians over the rounds.',
    columns: ['system', 'first text, idle', 'each delta, idle', 'at half a core', 'at 80 % of a core'],
    rows: found.map((one) => [one.name, ...cellsOf(one)]),
    charts: [
      chart('Idle: p50 and p99', ({ idle }) => idle),
      chart('Near half a core: p50 and p99', ({ half }) => half.latency),
      chart('Near 80 % of a core: p50 and p99', ({ much }) => much.latency),
    ],
    goals: [
      ...goal('ms, each delta, p50, idle, DELTA_WINDOW_MS=0', atOnce?.idle.p50, 1.5),
      ...goal('ms, each delta, p99, idle, DELTA_WINDOW_MS=0', atOnce?.idle.p99, 5),
      ...goal('ms, first text, p50, idle, DELTA_WINDOW_MS=0', atOnce?.first.p50, 1.5),
      ...goal('ms, first text, p99, idle, DELTA_WINDOW_MS=0', atOnce?.first.p99, 5),
      ...goal('ms, each delta, p99, at 80 % of a core', of('baton')?.much.latency.p99, 60),
    ],
    faults: runs.reduce((sum, { result }) => sum + result.faults, 0),
    data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...result })),
  }
}

function mediansOf(runs: readonly Run<System, Latencies>[], system: System): Latencies {
  const median = (of: (latencies: Latencies) => number) => spreadIn(runs, system, of)?.median ?? Number.NaN
  const latency = (of: (latencies: Latencies) => Latency): Latency => ({
    p50: median((latencies) => of(latencies).p50),
    p99: median((latencies) => of(latencies).p99),
  })
  const loaded = (of: (latencies: Latencies) => Loaded): Loaded => ({
    latency: latency((latencies) => of(latencies).latency),
    share: median((latencies) => of(latencies).share),
  })
  return {
    first: latency(({ first }) => first),
    idle: latency(({ idle }) => idle),
    half: loaded(({ half }) => half),
    much: loaded(({ much }) => much),
    faults: 0,
  }
}
