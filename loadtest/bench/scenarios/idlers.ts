import { faultsIn } from '../clients/tally.ts'
import { measure } from '../measure.ts'
import { goal, kib, latencyBar, latencyText, mib, percent } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage } from '../stage.ts'
import { BATON } from '../systems/catalogue.ts'
import { weightOf } from './memory.ts'
import type { Bench } from './scenario.ts'

/** Very many connections that do nothing, beside some that do. */
export async function idlers({ sizes, processes, say }: Bench): Promise<Finding> {
  const count = sizes.idlers
  return onStage(BATON, processes, async (stage) => {
    const before = await measure(stage, sizes.steady)
    const light = weightOf(stage)
    const openedAt = Date.now()
    await processes.during(stage.clients.gather(stage.urls, count))
    const seconds = (Date.now() - openedAt) / 1000
    const meanwhile = await measure(stage, sizes.steady)
    const heavy = weightOf(stage)
    const { faults } = await stage.clients.crowdTally()
    await stage.clients.disperse()
    say(
      `  ${count} idle: ${kib((heavy - light) / count)} KiB each, others ${latencyText(before.latency)} -> ${latencyText(meanwhile.latency)} ms`,
    )
    return {
      name: 'hostile',
      title: `${count} idle connections on one replica`,
      about:
        `Each has a session open and answers pings. They were opened in ${seconds.toFixed(1)} s. Memory of the replica, and the latency of others on it. ` +
        'Pings of the idle ones are in what a token takes.',
      columns: ['', 'memory MiB', 'KiB each', 'others p50 / p99 ms', 'app, of a core'],
      rows: [
        ['before', mib(light), '-', latencyText(before.latency), percent(before.cores.app)],
        [
          'meanwhile',
          mib(heavy),
          kib((heavy - light) / count),
          latencyText(meanwhile.latency),
          percent(meanwhile.cores.app),
        ],
      ],
      charts: [
        {
          title: 'Latency of the others, p50 and p99',
          unit: 'ms',
          bars: [latencyBar('before', before.latency), latencyBar('meanwhile', meanwhile.latency)],
        },
      ],
      goals: goal('connections lost', faults.errors, 0),
      faults: faultsIn(before.faults) + faultsIn(meanwhile.faults) + faultsIn(faults),
      data: { count, light, heavy, seconds, before, meanwhile },
    }
  })
}
