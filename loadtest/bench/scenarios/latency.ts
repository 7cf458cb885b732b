import { faultsIn } from '../clients/tally.ts'
import { type Exchanges, type Measurement, measure, measureExchanges } from '../measure.ts'
import { goal, latencyBar, latencyText, percent } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import type { Sizes } from '../sizes.ts'
import { onStage, type Stage } from '../stage.ts'
import { speechOf } from '../systems/catalogue.ts'
import { type Scenario, STAGE_SECONDS, secondsOf } from './scenario.ts'

const NAMES = ['relay', 'plain', 'baton', 'baton-0ms']
/** Shares of a core that a system's process is brought to. */
const HALF = 0.5
const MUCH = 0.8
const MOST_STREAMS = 3000
/** Tokens of an answer of which only the beginning is wanted. */
const SHORT = 4
/** A look at the load that a guess gives, before the guess is put right. */
const trial = (sizes: Sizes) => ({ ...sizes.steady, seconds: Math.min(1, sizes.steady.seconds), warmupSeconds: 0.5 })

interface Latencies {
  readonly first: Exchanges
  readonly idle: Measurement
  readonly half: Measurement
  readonly much: Measurement
}

/** How much later than the model sent it a client has a token. */
export const latency: Scenario = {
  name: 'latency',
  title: 'added latency, idle and under load',
  seconds: (sizes, systems) =>
    systems.filter(({ name }) => NAMES.includes(name)).length *
    (STAGE_SECONDS + 2 * secondsOf(sizes.idle) + 3 * secondsOf(trial(sizes)) + 2 * secondsOf(sizes.steady)),
  async run({ sizes, systems, processes, say }) {
    const found: { name: string; latencies: Latencies }[] = []
    for (const system of systems.filter(({ name }) => NAMES.includes(name))) {
      const latencies = await onStage(system, processes, async (stage) => {
        const first = await firstText(stage, sizes)
        const idle = await measure(stage, sizes.idle)
        const tried = await measure(stage, trial(sizes))
        const half = await atShare(stage, sizes, HALF, streamsFor(HALF, tried, sizes.steady.streams))
        const much = await atShare(stage, sizes, MUCH, streamsFor(MUCH, tried, sizes.steady.streams))
        return { first, idle, half, much }
      })
      found.push({ name: system.name, latencies })
      say(`  ${system.name.padEnd(9)} ${cellsOf(latencies).join(' · ')}`)
    }
    return [findingOf(found)]
  },
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
  const loaded = ({ latency: of, cores }: Measurement) => `${latencyText(of)} at ${percent(cores.app)}`
  return [latencyText(first.first), latencyText(idle.latency), loaded(half), loaded(much)]
}

function findingOf(found: readonly { name: string; latencies: Latencies }[]): Finding {
  const of = (name: string) => found.find((one) => one.name === name)?.latencies
  const atOnce = of('baton-0ms')
  const chart = (title: string, measured: (latencies: Latencies) => Measurement) => ({
    title,
    unit: 'ms',
    bars: found.map(({ name, latencies }) => latencyBar(name, measured(latencies).latency)),
  })
  return {
    name: 'latency',
    title: 'Added latency',
    about:
      'Milliseconds (p50 / p99) from just before the model stand-in writes a token until the client has it whole; two loopback hops and ' +
      'the delay of the load generator are in it, as the relay’s figure shows. Loaded: with as many answers as bring the ' +
      'system’s process near 50 % and 80 % of one core; the share that was reached stands beside it.',
    columns: ['system', 'first text, idle', 'each delta, idle', 'at half a core', 'at 80 % of a core'],
    rows: found.map(({ name, latencies }) => [name, ...cellsOf(latencies)]),
    charts: [
      chart('Idle: p50 and p99', ({ idle }) => idle),
      chart('Near half a core: p50 and p99', ({ half }) => half),
      chart('Near 80 % of a core: p50 and p99', ({ much }) => much),
    ],
    goals: [
      ...goal('ms, each delta, p50, idle, DELTA_WINDOW_MS=0', atOnce?.idle.latency.p50, 1.5),
      ...goal('ms, each delta, p99, idle, DELTA_WINDOW_MS=0', atOnce?.idle.latency.p99, 5),
      ...goal('ms, first text, p50, idle, DELTA_WINDOW_MS=0', atOnce?.first.first.p50, 1.5),
      ...goal('ms, first text, p99, idle, DELTA_WINDOW_MS=0', atOnce?.first.first.p99, 5),
      ...goal('ms, each delta, p99, at 80 % of a core', of('baton')?.much.latency.p99, 60),
    ],
    faults: found.reduce((sum, { latencies }) => sum + faultsOf(latencies), 0),
    data: found,
  }
}

function faultsOf({ first, idle, half, much }: Latencies): number {
  return faultsIn(first.faults) + faultsIn(idle.faults) + faultsIn(half.faults) + faultsIn(much.faults)
}
