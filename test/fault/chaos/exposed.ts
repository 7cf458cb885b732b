import type { Entry } from './history.ts'

/** Kills a replica, or ends it before it may have written back what it held. */
const ENDING: readonly string[] = ['kill', 'kill all', 'drain', 'drain and kill']
/** From `the store is back` until all that was held has been written there. */
const WRITTEN_BACK_MS = 3000

/**
 * Sessions of which something could be lost, as `persisted: false` and `backend: "memory"` say (M1, G1): Redis was away, and
 * the replica that served them from its memory was ended before it could write them back. Pure.
 */
export function exposedSessions(entries: readonly Entry[]): Set<string> {
  const exposed = new Set<string>()
  const awayUntil = new Map<string, number>()
  const served = new Map<string, Set<string>>()
  const serve = (replica: string, session: string) => {
    const sessions = served.get(replica) ?? new Set()
    served.set(replica, sessions.add(session))
  }
  for (const entry of entries) {
    if (entry.kind === 'opened') serve(entry.replica, entry.sessionId)
    else if (entry.kind === 'takeover') serve(entry.by, entry.sessionId)
    else if (entry.kind === 'log' && entry.msg.startsWith('the store is away:')) awayUntil.set(entry.by, Infinity)
    else if (entry.kind === 'log' && entry.msg === 'the store is back')
      awayUntil.set(entry.by, entry.at + WRITTEN_BACK_MS)
    else if (entry.kind === 'log' && entry.msg === 'listening') awayUntil.delete(entry.by)
    else if (entry.kind === 'fault' && ENDING.includes(entry.what) && entry.at < (awayUntil.get(entry.target) ?? 0))
      for (const session of served.get(entry.target) ?? []) exposed.add(session)
  }
  return exposed
}
