import { setTimeout as sleep } from 'node:timers/promises'
import type { Processes } from '../bench/lib/processes.ts'
import { onStage } from '../bench/stage.ts'
import { BATON } from '../bench/systems/catalogue.ts'
import { usageOf } from '../bench/usage.ts'

const SOCKETS = 3000
const SETTLE_MS = 3000
const WATCHED_MS = 30_000

/** What a socket costs that has a session open and only answers pings: microseconds of CPU a second. */
export function idleSocketCost(processes: Processes): Promise<number> {
  return onStage(BATON, processes, async (stage) => {
    const during = async (ms: number) => {
      const before = usageOf(stage)
      await processes.during(sleep(ms))
      return (usageOf(stage).app - before.app) / ms // µs a millisecond
    }
    await processes.during(sleep(SETTLE_MS))
    const alone = await during(WATCHED_MS / 2)
    await processes.during(stage.clients.gather(stage.urls, SOCKETS))
    await processes.during(sleep(SETTLE_MS))
    const crowded = await during(WATCHED_MS)
    await stage.clients.disperse()
    return ((crowded - alone) * 1000) / SOCKETS
  })
}
