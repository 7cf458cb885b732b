import { faultsIn } from '../clients/tally.ts'
import { type Measurement, measure } from '../measure.ts'
import { costBar, goal, percent, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, ratioIn, spreadIn } from '../rounds.ts'
import { onStage } from '../stage.ts'
import { BATON, replicated } from '../systems/catalogue.ts'
import { type Bench, type Scenario, STAGE_SECONDS, secondsOf } from './scenario.ts'

const START_SECONDS = 0.4
/** Replicas that one session is open on. */
const WATCHING = [1, 3] as const

/** What more replicas cost: at equal load on each, and with one session open on several. */
export const replicas: Scenario = {
  name: 'replicas',
  title: 'cost against the number of replicas, and of those that watch one session',
  seconds: (sizes) =>
    sizes.rounds *
      sizes.replicas.reduce(
        (sum, count) => sum + STAGE_SECONDS + count * START_SECONDS + secondsOf(sizes.perReplica),
        0,
      ) +
    STAGE_SECONDS +
    sizes.rounds * WATCHING.length * (secondsOf(sizes.steady) + 1),
  run: async (bench) => [await equalLoad(bench), await watching(bench)],
}

async function equalLoad({ sizes, processes, say }: Bench): Promise<Finding> {
  const load = (count: number) => ({ ...sizes.perReplica, streams: sizes.perReplica.streams * count })
  const runs = await interleave(sizes.rounds, sizes.replicas, (count, round) =>
    onStage(replicated(BATON, count), processes, async (stage) => {
      const measured = await measure(stage, load(count))
      say(`  round ${round}/${sizes.rounds}  ${count} replicas: ${measured.cost.all.toFixed(1)} µs a token`)
      return measured
    }),
  )
  const most = sizes.replicas.at(-1) ?? 1
  const { streams, rate } = sizes.perReplica
  return {
    ...shown(runs, sizes.replicas, 'replicas'),
    name: 'replicas',
    title: 'Cost of a token against the number of replicas, at equal load on each',
    about:
      `${streams} answers at ${rate} tokens/s on each replica, directly. Where the replicas together use more cores than the machine ` +
      'has to give, this shows the machine more than the system: see the column of cores.',
    goals: goal(
      `a token with equal load on each of ${most} replicas against 1`,
      ratioIn(runs, most, 1, ({ cost }) => cost.all)?.median,
      1.1,
    ),
  }
}

async function watching({ sizes, processes, say }: Bench): Promise<Finding> {
  const most = Math.max(...WATCHING)
  const runs = await onStage(replicated(BATON, most), processes, (stage) =>
    interleave(sizes.rounds, WATCHING, async (count, round) => {
      const [owner = '', ...others] = stage.urls.slice(0, count)
      const watch = async () => {
        const sessions = await stage.clients.sessions()
        await stage.clients.attend(others, sessions)
      }
      const measured = await measure(stage, sizes.steady, { opened: watch }, [owner])
      await stage.clients.disperse()
      say(`  round ${round}/${sizes.rounds}  open on ${count}: ${measured.cost.all.toFixed(1)} µs a token`)
      return measured
    }),
  )
  const ratio = ratioIn(runs, most, 1, ({ cost }) => cost.all)
  return {
    ...shown(runs, WATCHING, 'replicas'),
    name: 'replicas',
    title: 'Cost of a token against the replicas that its session is open on',
    about: `${sizes.steady.streams} answers at ${sizes.steady.rate} tokens/s on one of ${most} replicas; on each other one that watches, a socket has each session open.`,
    goals: goal(
      'cost of each further replica that a session is open on, against the first',
      ratio && (ratio.median - 1) / (most - 1),
      0.5,
    ),
  }
}

function shown(
  runs: readonly Run<number, Measurement>[],
  items: readonly number[],
  unit: string,
): Pick<Finding, 'columns' | 'rows' | 'charts' | 'faults' | 'data'> {
  const middle = (item: number, value: (of: Measurement) => number) => spreadIn(runs, item, value)?.median ?? 0
  const all = (item: number) => spreadIn(runs, item, ({ cost }) => cost.all)
  return {
    columns: [unit, 'app µs', 'Redis µs', 'all µs', 'to 1', 'app, of a core', 'model and clients'],
    rows: items.map((item) => [
      String(item),
      middle(item, ({ cost }) => cost.app).toFixed(1),
      middle(item, ({ cost }) => cost.store).toFixed(1),
      spreadText(all(item), 1),
      spreadText(
        ratioIn(runs, item, items[0] ?? 1, ({ cost }) => cost.all),
        2,
      ),
      percent(middle(item, ({ cores }) => cores.app)),
      percent(middle(item, ({ cores }) => cores.model + cores.clients)),
    ]),
    charts: [
      {
        title: 'CPU per token',
        unit: 'µs',
        bars: items.map((item) =>
          costBar(
            `${item} ${unit}`,
            {
              app: middle(item, ({ cost }) => cost.app),
              store: middle(item, ({ cost }) => cost.store),
              nginx: 0,
              all: 0,
            },
            all(item),
          ),
        ),
      },
    ],
    faults: runs.reduce((sum, { result }) => sum + faultsIn(result.faults), 0),
    data: runs,
  }
}
