import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { until } from '../lib/ready.ts'
import { type Latency, latencyOf } from '../measure.ts'
import { costBar, goal, latencyText, spreadText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { interleave, type Run, spreadIn } from '../rounds.ts'
import { onStage, type Stage } from '../stage.ts'
import { replicated, type System } from '../systems/catalogue.ts'
import { type Cost, costBetween, usageOf } from '../usage.ts'
import { type Bench, withBaseline } from './scenario.ts'

/** Answers that are taken over have so much text, and go on slowly, so that tokens hardly count. */
const TAKEN = { head: 200, tokens: 260, rate: 10 }
const TAKEOVER_MS = 20_000
/** What comes after a takeover is compared with what went on during it, over as long a time. */
const WINDOW_MS = 2000

/** The silence's goals, p50 and p99, in milliseconds. */
const GOALS = [400, 1000] as const

interface Takeover {
  readonly cost: Cost
  readonly silence: Latency
  readonly faults: number
}

/** One replica dies with all answers; the other has them all soon after. */
export async function takeovers(bench: Bench): Promise<Finding> {
  const { processes, sizes, say } = bench
  const count = sizes.takeovers
  const systems = withBaseline(bench, 'baton')
  const runs = await interleave(sizes.longRounds, systems, (system) =>
    onStage(replicated(system, 2), processes, async (stage) => {
      const found = await takeOver(stage, count)
      say(
        `  ${system.name.padEnd(8)} a takeover: ${found.cost.all.toFixed(0)} µs, silence ${latencyText(found.silence)} ms`,
      )
      return found
    }),
  )
  return findingOf(count, systems, runs)
}

function findingOf(count: number, systems: readonly System[], runs: readonly Run<System, Takeover>[]): Finding {
  const rows = systems.map((system) => {
    const spread = (of: (takeover: Takeover) => number) => spreadIn(runs, system, of)
    const part = (of: (cost: Cost) => number) => spread(({ cost }) => of(cost))?.median ?? 0
    const cost = {
      app: part(({ app }) => app),
      store: part(({ store }) => store),
      nginx: 0,
      all: part(({ all }) => all),
    }
    return { system, cost, p50: spread(({ silence }) => silence.p50), p99: spread(({ silence }) => silence.p99) }
  })
  const [baton] = rows
  return {
    name: 'operations',
    title: 'A takeover',
    about:
      `The owner of ${count} answers is killed and another replica goes on with them: CPU in microseconds for each, beyond what the answers ` +
      'take afterwards, the return of the clients included; and how long their text was silent, from its last delta before to the first after. ' +
      'Medians over the rounds (min-max).',
    columns: ['system', 'app µs', 'Redis µs', 'all µs', 'silence p50 ms', 'silence p99 ms'],
    rows: rows.map(({ system, cost, p50, p99 }) => [
      system.name,
      ...[cost.app, cost.store, cost.all].map((us) => us.toFixed(0)),
      spreadText(p50, 0),
      spreadText(p99, 0),
    ]),
    charts: [{ title: 'CPU', unit: 'µs', bars: rows.map(({ system, cost }) => costBar(system.name, cost, undefined)) }],
    goals: [
      ...goal(`ms of silence when the owner of ${count} answers is killed, p50`, baton?.p50?.median, GOALS[0]),
      ...goal(`ms of silence when the owner of ${count} answers is killed, p99`, baton?.p99?.median, GOALS[1]),
    ],
    faults: runs.reduce((sum, { result }) => sum + result.faults, 0),
    data: runs.map(({ item, round, result }) => ({ system: item.name, round, ...result })),
  }
}

async function takeOver({ processes, clients, replicas, ...stage }: Stage, count: number): Promise<Takeover> {
  const whole = { processes, clients, replicas, ...stage }
  const [owner, other] = replicas
  if (owner === undefined || other === undefined) throw new Error('a takeover takes two replicas')
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.gather([owner.url], count, { refuges: [other.url] }))
  await during(clients.crowdAsks(TAKEN, count))
  await processes.stop(owner.process)
  const from = usageOf(whole)
  const silences = async () => (await clients.crowdTally()).silences
  await during(until('all answers go on', async () => (await silences()).length >= count, TAKEOVER_MS))
  await during(sleep(Math.max(0, WINDOW_MS - (usageOf(whole).at - from.at))))
  const to = usageOf(whole)
  await during(sleep(to.at - from.at))
  const later = usageOf(whole)
  const silence = latencyOf(await silences())
  await during(clients.crowdEnds(count, TAKEOVER_MS))
  const { faults } = await clients.crowdTally()
  const [taking, going] = [costBetween(from, to, count), costBetween(to, later, count)]
  const cost = {
    app: taking.app - going.app,
    store: taking.store - going.store,
    nginx: 0,
    all: taking.all - going.all,
  }
  return { cost, silence, faults: faultsIn(faults) }
}
