import { setTimeout as sleep } from 'node:timers/promises'
import { type Faults, faultsIn } from '../clients/tally.ts'
import { until } from '../lib/ready.ts'
import { type Latency, latencyOf } from '../measure.ts'
import { goal, latencyBar, latencyText, NONE, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, ratioIn, spreadIn } from '../rounds.ts'
import { onStage, type Stage } from '../stage.ts'
import { type System, systemNamed } from '../systems/catalogue.ts'
import { type Scenario, STAGE_SECONDS, withBaselineBehindNginx } from './scenario.ts'

const PER_SECOND = 600
/** All have an answer to find again; one in so many has one that is running when its replica dies. */
const OLD_ANSWER = { tokens: 20, head: 20, rate: 1000 }
const RUNNING = { tokens: 60, head: 0, rate: 10 }
const RUNNING_SHARE = 0.04
const BEFORE_MS = 1500
const RETURN_MS = 60_000

interface Returned {
  readonly returns: Latency
  /** Of the answers that were running; of none where sockets only connect. */
  readonly silences: Latency
  readonly faults: Faults
}

/** A replica is killed, and all of its clients come back at once, through nginx. */
export const storm: Scenario = {
  name: 'storm',
  title: 'all clients of a killed replica come back',
  seconds: ({ storm: count, longRounds }) => longRounds * (2 * STAGE_SECONDS + (3 * count) / PER_SECOND + 16),
  async run(bench) {
    const { sizes, processes, say } = bench
    const count = sizes.storm
    const twin = systemNamed('plain-x3')
    const systems = [twin, ...withBaselineBehindNginx(bench, 'baton-x3')]
    const runs = await interleave(sizes.longRounds, systems, (system, round) =>
      onStage(system, processes, async (stage) => {
        const returned = await (system === twin ? reconnect(stage, count) : comeBack(stage, count))
        const { returns, faults } = returned
        say(
          `  round ${round}/${sizes.longRounds}  ${system.name.padEnd(11)} ${count} back, p50 / p99 ${latencyText(returns)} ms, ` +
            `${faults.lost} characters lost`,
        )
        return returned
      }),
    )
    return [findingOf(count, systems, runs)]
  },
}

const runningOf = (count: number) => Math.ceil(count * RUNNING_SHARE)

/** What connecting again takes alone: no session is opened, nothing is read. */
async function reconnect(stage: Stage, count: number): Promise<Returned> {
  await stage.processes.during(stage.clients.assemble(victimOf(stage).url, count, stage.urls[0] ?? ''))
  return killed(stage, count, 0)
}

async function comeBack(stage: Stage, count: number): Promise<Returned> {
  const { processes, clients, urls } = stage
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.gather([victimOf(stage).url], count, { refuges: urls }))
  await during(clients.crowdAsks(OLD_ANSWER, count))
  await during(clients.crowdEnds(count, RETURN_MS))
  await during(clients.crowdAsks(RUNNING, runningOf(count)))
  return killed(stage, count, runningOf(count))
}

async function killed(stage: Stage, count: number, running: number): Promise<Returned> {
  const { processes, clients } = stage
  await processes.during(sleep(BEFORE_MS))
  await processes.stop(victimOf(stage).process)
  const back = async () => (await clients.crowdTally()).returns.length >= count
  await processes.during(until('all clients are back', back, RETURN_MS))
  await processes.during(clients.crowdEnds(running, RETURN_MS))
  const { returns, silences, faults } = await clients.crowdTally()
  return { returns: latencyOf(returns), silences: latencyOf(silences), faults }
}

function victimOf({ replicas }: Stage) {
  const [victim] = replicas
  if (victim === undefined) throw new Error('nobody to kill')
  return victim
}

function findingOf(count: number, systems: readonly System[], runs: readonly Run<System, Returned>[]): Finding {
  const [twin, baton, baseline] = systems
  const p99 = ({ returns }: Returned) => returns.p99
  const ratio = (system: System, other: System | undefined) => spreadText(other && ratioIn(runs, system, other, p99), 2)
  const rows = systems.map((system) => {
    const spread = (of: (returned: Returned) => number) => spreadIn(runs, system, of)
    const median = (of: (returned: Returned) => Latency) => ({
      p50: spread((returned) => of(returned).p50)?.median ?? Number.NaN,
      p99: spread((returned) => of(returned).p99)?.median ?? Number.NaN,
    })
    const lost = runs.filter(({ item }) => item === system).reduce((sum, { result }) => sum + result.faults.lost, 0)
    const p50 = spread(({ returns }) => returns.p50)
    const cells = [
      system === twin ? `${system.name}, connecting alone` : system.name,
      spreadText(p50, 0),
      spreadText(spread(p99), 0),
      ratio(system, twin),
      ratio(system, baseline),
      system === twin ? NONE : latencyText(median(({ silences }) => silences)),
      String(lost),
    ]
    return { system, cells, lost, returns: median(({ returns }) => returns) }
  })
  const of = (system: System | undefined) => rows.find((row) => row.system === system)
  return {
    name: 'storm',
    title: 'Reconnect storm',
    about:
      `${count} sockets with a session each, ${runningOf(count)} of them with an answer that is running, on one of three replicas, which is SIGKILLed. ` +
      'They come back through nginx as the SDK does. From the loss of the connection until the session is open again, its ' +
      'messages read and compared character by character. The plain composition’s sockets connect again and do nothing else. ' +
      'Medians over the rounds (min-max); ratios are of the p99, within a round.',
    columns: [
      'system',
      'back p50 ms',
      'back p99 ms',
      'to plain-x3',
      'to baseline',
      'silence p50 / p99 ms',
      'characters lost',
    ],
    rows: rows.map(({ cells }) => cells),
    charts: [
      {
        title: 'Back, p50 and p99',
        unit: 'ms',
        bars: rows.map(({ system, returns }) => latencyBar(system.name, returns)),
      },
    ],
    goals: [
      ...goal(`ms until ${count} sockets of a killed replica are back, p99`, of(baton)?.returns.p99, 2000),
      ...goal('characters lost', of(baton)?.lost, 0),
    ],
    faults: runs.reduce((sum, { result }) => sum + faultsIn(result.faults), 0),
    data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...result })),
  }
}
