import { faultsIn } from '../clients/tally.ts'
import { until } from '../lib/ready.ts'
import { type Measurement, measure } from '../measure.ts'
import { goal, latencyBar, latencyText, mib } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage, type Stage } from '../stage.ts'
import { BATON, withEnv } from '../systems/catalogue.ts'
import { TOKEN_LENGTH } from '../workload.ts'
import { weightOf } from './memory.ts'
import type { Bench } from './scenario.ts'

/** Clients that watch one session, and the text that they are owed: more than the kernel takes for a socket. */
const GUESTS = 200
const FLOOD = { tokens: 1_000_400, head: 1_000_000, rate: 20 }
/** Baton, with room for answers of that length. */
const ROOMY = withEnv(BATON, BATON.name, BATON.title, { MAX_ANSWER_BYTES: String(FLOOD.tokens * TOKEN_LENGTH) })
/** Until the gateway has noticed nearly all of them. */
const NOTICED = 0.95
const NOTICED_MS = 20_000
const SLOW_READERS = /^baton_slow_readers_total(?:\{.*\})? (\d+)$/m

/** Clients that stop reading in the middle of long answers (D6), beside others who go on as before. */
export async function stalled({ sizes, processes, say }: Bench): Promise<Finding> {
  const count = sizes.stalled
  const hosts = Math.ceil(count / GUESTS)
  return onStage(ROOMY, processes, async (stage) => {
    const { clients, urls } = stage
    const before = await measure(stage, sizes.steady)
    const light = weightOf(stage)
    let heavy = 0
    const during = await measure(stage, sizes.steady, {
      opened: async () => {
        await processes.during(clients.gather(urls, count + hosts, { hosts }))
        await clients.stall(hosts)
        await processes.during(clients.crowdAsks(FLOOD, hosts))
        const noticed = async () => (await slowReadersOf(stage)) >= NOTICED * count
        const allNoticed = until('the gateway has noticed who does not read', noticed, NOTICED_MS)
        await processes.during(allNoticed.catch((error: Error) => say(`  ${error.message}: measured all the same`)))
      },
      end: async () => {
        heavy = weightOf(stage)
      },
    })
    const slow = await slowReadersOf(stage)
    const { faults } = await clients.crowdTally()
    await clients.disperse()
    say(
      `  ${count} stalled: memory +${mib(heavy - light)} MiB, others ${latencyText(before.latency)} -> ${latencyText(during.latency)} ms`,
    )
    return findingOf({ count, hosts, slow, light, heavy, before, during, faults: faultsIn(faults) })
  })
}

async function slowReadersOf({ replicas }: Stage): Promise<number> {
  const metrics = await (await fetch(`${replicas[0]?.url}/metrics`)).text()
  return Number(SLOW_READERS.exec(metrics)?.[1] ?? 0)
}

function findingOf(found: {
  count: number
  hosts: number
  slow: number
  light: number
  heavy: number
  before: Measurement
  during: Measurement
  faults: number
}): Finding {
  const { count, hosts, slow, light, heavy, before, during } = found
  const ratio = during.latency.p99 / before.latency.p99
  return {
    name: 'hostile',
    title: `${count} clients that stop reading`,
    about:
      `They watch ${hosts} answers of ${(FLOOD.head * TOKEN_LENGTH) / 1e6} million characters and read nothing: more than the kernel keeps for them; the gateway noted ${slow} times that one does not read. ` +
      'Memory of the replica (the text of those answers included), and the latency of others on it, before and meanwhile.',
    columns: ['', 'memory MiB', 'others p50 / p99 ms', 'all µs a token'],
    rows: [
      ['before', mib(light), latencyText(before.latency), before.cost.all.toFixed(1)],
      ['meanwhile', mib(heavy), latencyText(during.latency), during.cost.all.toFixed(1)],
    ],
    charts: [
      {
        title: 'Latency of the others, p50 and p99',
        unit: 'ms',
        bars: [latencyBar('before', before.latency), latencyBar('meanwhile', during.latency)],
      },
    ],
    goals: goal('p99 of the others beside clients that stop reading, against before', ratio, 1.2),
    faults: found.faults + faultsIn(before.faults) + faultsIn(during.faults),
    data: found,
  }
}
