import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { until } from '../lib/ready.ts'
import { latencyOf } from '../measure.ts'
import { costBar, latencyText } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage, type Stage } from '../stage.ts'
import { BATON, replicated } from '../systems/catalogue.ts'
import { costBetween, usageOf } from '../usage.ts'
import type { Bench } from './scenario.ts'

/** Answers that are taken over have so much text, and go on slowly, so that tokens hardly count. */
const TAKEN = { head: 200, tokens: 260, rate: 10 }
const TAKEOVER_MS = 20_000
/** What comes after a takeover is compared with what went on during it, over as long a time. */
const WINDOW_MS = 2000

/** One replica dies with all answers; the other has them all soon after. */
export async function takeovers({ processes, sizes, say }: Bench): Promise<Finding> {
  const count = sizes.takeovers
  const { cost, silence, faults } = await onStage(replicated(BATON, 2), processes, (stage) => takeOver(stage, count))
  say(`  a takeover: ${cost.all.toFixed(0)} µs, silence ${latencyText(silence)} ms`)
  return {
    name: 'operations',
    title: 'A takeover',
    about:
      `The owner of ${count} answers is killed and another replica goes on with them: CPU in microseconds for each, beyond what the answers ` +
      'take afterwards, the return of the clients included; and how long their text was silent, from its last delta before to the first after.',
    columns: ['', 'app µs', 'Redis µs', 'all µs', 'silence p50 / p99 ms'],
    rows: [
      ['takeover of an answer', ...[cost.app, cost.store, cost.all].map((us) => us.toFixed(0)), latencyText(silence)],
    ],
    charts: [{ title: 'CPU', unit: 'µs', bars: [costBar('takeover', cost, undefined)] }],
    goals: [],
    faults,
    data: { cost, silence },
  }
}

async function takeOver({ processes, clients, replicas, ...stage }: Stage, count: number) {
  const whole = { processes, clients, replicas, ...stage }
  const [owner, other] = replicas
  if (owner === undefined || other === undefined) throw new Error('a takeover takes two replicas')
  const during = <T>(work: Promise<T>) => processes.during(work)
  await during(clients.gather([owner.url], count, { refuge: other.url }))
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
