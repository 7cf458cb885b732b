import { setTimeout as sleep } from 'node:timers/promises'
import { faultsIn } from '../clients/tally.ts'
import { until } from '../lib/ready.ts'
import { latencyOf } from '../measure.ts'
import { goal, latencyBar, latencyText } from '../report/figures.ts'
import { onStage } from '../stage.ts'
import { systemNamed } from '../systems/catalogue.ts'
import { type Scenario, STAGE_SECONDS } from './scenario.ts'

const PER_SECOND = 600
/** All have an answer to find again; one in so many has one that is running when its replica dies. */
const OLD_ANSWER = { tokens: 20, head: 20, rate: 1000 }
const RUNNING = { tokens: 60, head: 0, rate: 10 }
const RUNNING_SHARE = 0.04
const BEFORE_MS = 1500
const RETURN_MS = 60_000

/** A replica is killed, and all of its clients come back at once, through nginx. */
export const storm: Scenario = {
  name: 'storm',
  title: 'all clients of a killed replica come back',
  seconds: (sizes) => STAGE_SECONDS + (2 * sizes.storm) / PER_SECOND + 12,
  async run({ sizes, processes, say }) {
    const count = sizes.storm
    const running = Math.ceil(count * RUNNING_SHARE)
    const found = await onStage(systemNamed('baton-x3'), processes, async (stage) => {
      const during = <T>(work: Promise<T>) => processes.during(work)
      const { clients, replicas, urls } = stage
      const [victim] = replicas
      if (victim === undefined) throw new Error('nobody to kill')
      await during(clients.gather([victim.url], count, { refuge: urls[0] ?? '' }))
      await during(clients.crowdAsks(OLD_ANSWER, count))
      await during(clients.crowdEnds(count, RETURN_MS))
      say(`  ${count} sessions are open on one replica of three`)
      await during(clients.crowdAsks(RUNNING, running))
      await during(sleep(BEFORE_MS))
      await processes.stop(victim.process)
      const back = async () => (await clients.crowdTally()).returns.length >= count
      await during(until('all clients are back', back, RETURN_MS))
      await during(clients.crowdEnds(running, RETURN_MS))
      return clients.crowdTally()
    })
    const returns = latencyOf(found.returns)
    const silences = latencyOf(found.silences)
    say(`  all back, p50 / p99 ${latencyText(returns)} ms, ${found.faults.lost} characters lost`)
    return [
      {
        name: 'storm',
        title: 'Reconnect storm',
        about:
          `${count} sockets with a session each, ${running} of them with an answer that is running, on one of three replicas, which is SIGKILLed. ` +
          'They come back through nginx as the SDK does. From the loss of the connection until the session is open again, its ' +
          'messages read and compared character by character.',
        columns: ['', 'sockets', 'back p50 / p99 ms', 'running answers', 'silence p50 / p99 ms', 'characters lost'],
        rows: [
          [
            'baton-x3',
            String(count),
            latencyText(returns),
            String(running),
            latencyText(silences),
            String(found.faults.lost),
          ],
        ],
        charts: [
          {
            title: 'p50 and p99',
            unit: 'ms',
            bars: [latencyBar('session open again', returns), latencyBar('text goes on', silences)],
          },
        ],
        goals: [
          ...goal(`ms until ${count} sockets of a killed replica are back, p99`, returns.p99, 2000),
          ...goal('characters lost', found.faults.lost, 0),
        ],
        faults: faultsIn(found.faults),
        data: { returns, silences, faults: found.faults },
      },
    ]
  },
}
