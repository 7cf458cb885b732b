import { setTimeout as sleep } from 'node:timers/promises'
import { goal } from '../report/figures.ts'
import { type Stage, setStage } from '../stage.ts'
import { coresBetween, usageOf } from '../usage.ts'
import { type Scenario, STAGE_SECONDS, withBaseline } from './scenario.ts'

/** For what a start leaves behind to be done with. */
const SETTLE_SECONDS = 3

/** What a replica takes that nobody uses. */
export const idle: Scenario = {
  name: 'idle',
  title: 'CPU of a replica that does nothing',
  seconds: ({ idleSeconds }) => 3 * STAGE_SECONDS + SETTLE_SECONDS + idleSeconds,
  async run(bench) {
    const { sizes, processes, say } = bench
    const systems = withBaseline(bench, 'relay', 'plain', 'baton')
    const stages: Stage[] = []
    try {
      for (const system of systems) stages.push(await setStage(system, processes))
      await processes.during(sleep(SETTLE_SECONDS * 1000))
      const before = stages.map(usageOf)
      await processes.during(sleep(sizes.idleSeconds * 1000))
      const shares = stages.map((stage, i) => {
        const from = before[i]
        if (from === undefined) throw new Error('a stage that was not looked at')
        return { name: stage.system.name, ...coresBetween(from, usageOf(stage)) }
      })
      const text = (share: number) => `${(share * 100).toFixed(2)} %`
      for (const { name, app, store } of shares) say(`  ${name.padEnd(8)} ${text(app)} of a core, Redis ${text(store)}`)
      const baton = shares.find(({ name }) => name === 'baton')
      return [
        {
          name: 'idle',
          title: 'A replica that does nothing',
          about: `CPU as a share of a core, over ${sizes.idleSeconds} s, of one replica and of its Redis, all systems at the same time.`,
          columns: ['system', 'app', 'Redis'],
          rows: shares.map(({ name, app, store }) => [name, text(app), text(store)]),
          charts: [],
          goals: goal('% of a core of a replica that does nothing', baton && baton.app * 100, 0.3),
          faults: 0,
          data: shares,
        },
      ]
    } finally {
      for (const stage of stages) await stage.strike()
    }
  },
}
