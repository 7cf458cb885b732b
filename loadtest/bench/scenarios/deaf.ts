import { setTimeout as sleep } from 'node:timers/promises'
import { inspectable } from '../lib/inspector.ts'
import { goal, mib } from '../report/figures.ts'
import type { Finding } from '../report/finding.ts'
import { onStage, type Stage } from '../stage.ts'
import { BATON } from '../systems/catalogue.ts'
import { longSession, startFlooder } from './flooder.ts'
import { weightOf } from './memory.ts'
import type { Bench } from './scenario.ts'

const KINDS = { histories: 'sockets', requests: 'HTTP connections' } as const
type Kind = keyof typeof KINDS
const MOST_MIB = 64
const MIB = 1024 * 1024
const LOOK_MS = 50

interface Weighed {
  readonly kind: Kind
  readonly count: number
  readonly before: number
  readonly most: number
}

/** Clients that ask for a long history many times, and read nothing at all (X6). */
export async function deaf({ sizes, processes, say }: Bench): Promise<Finding[]> {
  const found: Weighed[] = []
  for (const kind of ['histories', 'requests'] as const) {
    const { options, inspectors } = inspectable()
    const work = async (stage: Stage): Promise<Weighed> => {
      const { flooder, stop } = startFlooder(processes)
      try {
        const [inspector] = await processes.during(inspectors())
        const sessionId = await longSession(stage)
        const count = await processes.during(flooder.gatherDeaf(stage.urls[0] ?? '', kind, sizes.stalled))
        await processes.during(inspector?.collectGarbage() ?? Promise.resolve())
        const before = weightOf(stage)
        await flooder.deafAsk(kind, sessionId)
        let most = before
        for (const end = Date.now() + sizes.deafMs; Date.now() < end; most = Math.max(most, weightOf(stage)))
          await processes.during(sleep(LOOK_MS))
        await flooder.deafLeave()
        inspector?.close()
        return { kind, count, before, most }
      } finally {
        await stop()
      }
    }
    const weighed = await onStage(BATON, processes, work, options)
    found.push(weighed)
    say(`  ${weighed.count} ${KINDS[kind]} that read nothing: memory +${mib(weighed.most - weighed.before)} MiB`)
  }
  return [findingOf(found)]
}

function findingOf(found: readonly Weighed[]): Finding {
  return {
    name: 'hostile',
    title: 'Clients that read nothing and ask for everything',
    about:
      'Each asks twelve times for the history of a session of a megabyte, and reads none of it. Memory of the replica (RSS): when all are connected and garbage has been collected, ' +
      'and the most that it was from then on.',
    columns: ['', 'how many', 'before, MiB', 'at most, MiB', 'grown by, MiB'],
    rows: found.map(({ kind, count, before, most }) => [
      KINDS[kind],
      String(count),
      mib(before),
      mib(most),
      mib(most - before),
    ]),
    charts: [],
    goals: found.flatMap(({ kind, count, before, most }) =>
      goal(
        `MiB that ${count} ${KINDS[kind]} cost that read nothing and ask for everything`,
        (most - before) / MIB,
        MOST_MIB,
      ),
    ),
    faults: 0,
    data: found,
  }
}
