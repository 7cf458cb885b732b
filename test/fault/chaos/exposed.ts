import { MASTER_FAULTS } from './faults.ts'
import type { Entry } from './history.ts'
import { sessionOf } from './violation.ts'

/** They end a replica, at once or after a while. */
const ENDING: readonly string[] = ['kill', 'kill all', 'drain', 'drain and kill']

const AT_ONCE: readonly string[] = ['kill', 'kill all']

/**
 * Sessions of which something could be lost, as `persisted: false` and `backend: "memory"` say (M1, G1): Redis was away, and
 * the replica that served them from its memory was ended before it could write them back; or a key of theirs was deleted, or a
 * master of Redis was lost, with what its copies did not have (`REDIS_WAIT`). Pure.
 */
export function exposedSessions(entries: readonly Entry[]): Set<string> {
  const failsOver = entries.some((entry) => entry.kind === 'fault' && isOfMaster(entry.what))
  const exposed = failsOver ? allSessions(entries) : robbedSessions(entries)
  const holding = new Set<string>()
  const ending = new Set<string>()
  const served = new Map<string, Set<string>>()
  const serve = (replica: string, session: string) => {
    const sessions = served.get(replica) ?? new Set()
    served.set(replica, sessions.add(session))
  }
  for (const entry of entries) {
    if (entry.kind === 'opened' || entry.kind === 'served') serve(entry.replica, entry.sessionId)
    else if (entry.kind === 'takeover') serve(entry.by, entry.sessionId)
    else if (entry.kind === 'log' && entry.msg.startsWith('the store is away:')) holding.add(entry.by)
    else if (entry.kind === 'log' && entry.msg === 'all that was held is in the store') holding.delete(entry.by)
    else if (entry.kind === 'log' && entry.msg === 'listening') ending.delete(entry.by)
    else if (entry.kind === 'fault' && ENDING.includes(entry.what)) ending.add(entry.target)
    for (const replica of holding)
      if (ending.has(replica)) for (const session of served.get(replica) ?? []) exposed.add(session)
    // The next process of that name may find Redis away before it listens.
    if (entry.kind === 'fault' && AT_ONCE.includes(entry.what)) holding.delete(entry.target)
  }
  return exposed
}

/** Sessions of which a key was deleted: what was acknowledged may be gone with it (G6). Pure. */
export function robbedSessions(entries: readonly Entry[]): Set<string> {
  return new Set(
    entries.flatMap((entry) => (entry.kind === 'fault' && entry.what === 'key lost' ? sessionOfKey(entry.target) : [])),
  )
}

function isOfMaster(what: string): boolean {
  return MASTER_FAULTS.some((fault) => fault === what)
}

function allSessions(entries: readonly Entry[]): Set<string> {
  return new Set(entries.flatMap((entry) => sessionOf(entry) ?? []))
}

function sessionOfKey(key: string): string {
  return /\{(.*)\}/.exec(key)?.[1] ?? ''
}
