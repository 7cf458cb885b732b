import { deaf } from './deaf.ts'
import { idlers } from './idlers.ts'
import { overload } from './overload.ts'
import { type Scenario, STAGE_SECONDS, secondsOf } from './scenario.ts'
import { stalled } from './stalled.ts'

const OPENED_PER_SECOND = 700

/** Loads that nobody wants. */
export const hostile: Scenario = {
  name: 'hostile',
  title: 'clients that stop reading, or never begin, idle crowds, more load than a replica carries',
  seconds: ({ steady, stalled: stalling, idlers: idling, overloadSeconds, deafMs }) =>
    5 * STAGE_SECONDS +
    7 * secondsOf(steady) +
    (stalling + idling) / OPENED_PER_SECOND +
    (2 * deafMs) / 1000 +
    2.8 * overloadSeconds,
  async run(bench) {
    const findings = [await stalled(bench), await idlers(bench), ...(await deaf(bench)), await overload(bench)]
    return findings.filter((finding) => finding !== null)
  },
}
