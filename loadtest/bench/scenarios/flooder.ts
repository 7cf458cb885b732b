import { join } from 'node:path'
import type { FlooderProcess } from '../clients/flooder.ts'
import type { Processes } from '../lib/processes.ts'
import { type Remote, remote } from '../lib/remote.ts'
import type { Stage } from '../stage.ts'

/** An answer of a megabyte. */
const LONG = { tokens: 200_001, head: 200_000, rate: 20 }
const LONG_MS = 20_000

/**
 * Hostile clients. Their own work would be done on another machine: here it is done while a core has nothing else to do. A
 * process of low priority is not enough: the kernel lets it finish its 4 ms before it wakes up who is measured.
 */
export function startFlooder(processes: Processes): { flooder: Remote<FlooderProcess>; stop: () => Promise<void> } {
  const entry = join(import.meta.dirname, '../clients/flooder.ts')
  const child = processes.start('the flooder', 'chrt', ['--idle', '0', process.execPath, entry], { channel: true })
  return { flooder: remote<FlooderProcess>(child), stop: () => processes.stop(child) }
}

/** A session with as much in it as one reply may hold. */
export async function longSession({ processes, clients, urls }: Stage): Promise<string> {
  await processes.during(clients.gather(urls, 1))
  await processes.during(clients.crowdAsks(LONG, 1))
  await processes.during(clients.crowdEnds(1, LONG_MS))
  const [sessionId = ''] = await clients.crowdSessions()
  await clients.disperse()
  return sessionId
}
