import { type Inspector, inspectable } from '../lib/inspector.ts'
import { type ScriptCounts, scriptCountsOf } from '../lib/redis-counts.ts'
import { costBar, goal, median, NONE, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, ratioIn, spreadIn } from '../rounds.ts'
import { onStage, type Stage } from '../stage.ts'
import { goThroughSteps, STEPS, type Step, WARMUP } from '../steps.ts'
import { replicated, type System, withEnv } from '../systems/catalogue.ts'
import { type Cost, costBetween, usageOf } from '../usage.ts'
import { type Bench, type Scenario, STAGE_SECONDS, withBaseline } from './scenario.ts'
import { takeovers } from './takeovers.ts'

const GOALS: Readonly<Record<Step, number>> = { connect: 450, question: 400, cold: 150, again: 80 }
const PER_SECOND = 250
const REPLICAS = 2

/** What a step costs, and what of it are calls of scripts. */
interface Weight {
  readonly cost: Cost
  readonly scripts: number
  readonly scriptUs: number
}
type Weights = Partial<Readonly<Record<Step, Weight>>> & { readonly faults: number }

/** What is done once for a session or a message. */
export const operations: Scenario = {
  name: 'operations',
  title: 'what connecting, asking, opening and taking over cost',
  seconds: ({ rounds, operations: count }) =>
    rounds * 2 * (STAGE_SECONDS + (count * (1 + WARMUP)) / PER_SECOND) + STAGE_SECONDS + 8,
  run: async (bench) => [await steps(bench), await takeovers(bench)],
}

async function steps(bench: Bench): Promise<Finding> {
  const { sizes, sweep, processes, say } = bench
  const systems = withBaseline(bench, 'shelf', 'baton')
  const runs = await interleave(sizes.rounds, systems, (system, round) => {
    const { options, inspectors } = inspectable(REPLICAS)
    const work = async (stage: Stage) => {
      const weights = await weighSteps(stage, sizes.operations, sweep ? await processes.during(inspectors()) : [])
      const text = ALL.map((step) => `${step} ${weights[step]?.cost.all.toFixed(0)}`).join(', ')
      say(`  round ${round}/${sizes.rounds}  ${system.name.padEnd(8)} µs: ${text}`)
      return weights
    }
    return onStage(asSteps(system), processes, work, sweep ? options : {})
  })
  return findingOf(bench, systems, runs)
}

/** One to ask, and one that has seen nothing of it. The lease is long: a takeover on a machine that others use would be weighed, too. */
export function asSteps(system: System): System {
  return replicated(withEnv(system, system.name, system.title, { LEASE_MS: '20000' }), REPLICAS)
}

const ALL = Object.keys(STEPS) as Step[]

/** With `inspectors` each step begins after a collection of all garbage: else the step pays into which one happens to fall. */
async function weighSteps(stage: Stage, count: number, inspectors: readonly Inspector[]): Promise<Weights> {
  const redis = stage.broker?.env.REDIS_URL ?? ''
  const weights: Partial<Record<Step, Weight>> = {}
  const faults = await goThroughSteps(stage, {
    count,
    async weigh(step, pieces, work) {
      await Promise.all(inspectors.map((inspector) => inspector.sweep()))
      const scripts = await scriptCountsOf(redis)
      const before = usageOf(stage)
      await work()
      const after = usageOf(stage)
      weights[step] = weightOf(costBetween(before, after, pieces), scripts, await scriptCountsOf(redis), pieces)
    },
  })
  for (const inspector of inspectors) inspector.close()
  return { ...weights, faults }
}

function weightOf(cost: Cost, before: ScriptCounts, after: ScriptCounts, pieces: number): Weight {
  return { cost, scripts: (after.calls - before.calls) / pieces, scriptUs: (after.us - before.us) / pieces }
}

function findingOf({ baseline }: Bench, systems: readonly System[], runs: readonly Run<System, Weights>[]): Finding {
  const [shelf, baton] = systems
  const spread = (system: System, step: Step, of: (weight: Weight) => number) =>
    spreadIn(runs, system, (weights) => valueIn(weights, step, of))
  const ratio = (system: System, other: System | undefined, step: Step) =>
    other && ratioIn(runs, system, other, (weights) => valueIn(weights, step, ({ cost }) => cost.all))
  const rows = ALL.flatMap((step) =>
    systems.map((system) => [
      STEPS[step],
      system.name,
      median(
        spread(system, step, ({ cost }) => cost.app),
        0,
      ),
      median(
        spread(system, step, ({ cost }) => cost.store),
        0,
      ),
      spreadText(
        spread(system, step, ({ cost }) => cost.all),
        0,
      ),
      spreadText(ratio(system, shelf, step), 2),
      baseline === undefined ? NONE : spreadText(ratio(system, baseline, step), 2),
      median(
        spread(system, step, ({ scripts }) => scripts),
        2,
      ),
      median(
        spread(system, step, ({ scriptUs }) => scriptUs),
        0,
      ),
    ]),
  )
  return {
    name: 'operations',
    title: 'What is done once',
    about:
      'CPU in microseconds of replicas and Redis for each, after as much of it as V8 needs to learn it, and calls of scripts (those of leases ' +
      'and such are in them, too). Sessions are opened on connections that stand. Medians over the rounds (min-max); ratios are made within a round.',
    columns: [
      'step',
      'system',
      'app µs',
      'Redis µs',
      'all µs',
      'to shelf',
      'to baseline',
      'scripts',
      'of them, in Redis µs',
    ],
    rows,
    terms: systems,
    charts: ALL.map((step) => ({
      title: STEPS[step],
      unit: 'µs',
      bars: systems.map((system) => {
        const part = (of: (weight: Weight) => number) => spread(system, step, of)?.median ?? 0
        const cost = { app: part(({ cost }) => cost.app), store: part(({ cost }) => cost.store), nginx: 0, all: 0 }
        return costBar(
          system.name,
          cost,
          spread(system, step, (weight) => weight.cost.all),
        )
      }),
    })),
    goals: ALL.flatMap((step) =>
      goal(`µs of CPU: ${STEPS[step]}`, baton && spread(baton, step, ({ cost }) => cost.all)?.median, GOALS[step]),
    ),
    faults: runs.reduce((sum, { result }) => sum + result.faults, 0),
    data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...result })),
  }
}

function valueIn(weights: Weights, step: Step, of: (weight: Weight) => number): number {
  const weight = weights[step]
  return weight === undefined ? Number.NaN : of(weight)
}
