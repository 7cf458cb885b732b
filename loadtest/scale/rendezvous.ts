import { randomUUID } from 'node:crypto'
import { rendezvous } from '../../src/conversation/failover/rendezvous.ts'

export interface Shares {
  /** Microseconds for one session. */
  readonly us: number
  /** What the replica with the most of a dead one's answers gets, as a multiple of the mean. */
  readonly most: number
}

/** A dead replica's answers, shared out among its heirs, and what that takes of each heir: all of them work all of it out. */
export function sharesOf(replicas: number, answers: number): Shares {
  const heirs = Array.from({ length: replicas - 1 }, (_, i) => `baton-7d4b9c-${i}.${i.toString(16).padStart(8, '0')}`)
  const sessions = Array.from({ length: answers }, () => randomUUID())
  const shares = new Map<string, number>()
  const from = process.cpuUsage()
  for (const session of sessions) {
    const heir = rendezvous(session, heirs) ?? ''
    shares.set(heir, (shares.get(heir) ?? 0) + 1)
  }
  const { user, system } = process.cpuUsage(from)
  return { us: (user + system) / answers, most: Math.max(...shares.values()) / (answers / heirs.length) }
}
