import type { StoredSession } from '../ports/session-store.ts'

/** The order of `SessionStore.sessionsOf`: latest activity first, then the youngest, then by id so that it is total. */
export function latestFirst(a: StoredSession, b: StoredSession): number {
  return descending(a.lastActivity, b.lastActivity) || descending(a.createdAt, b.createdAt) || descending(a.id, b.id)
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1
}
