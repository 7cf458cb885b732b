import type { PageRequest, StoredSession } from '../ports/session-store.ts'

/** Sessions that a user has too many of, taken out of the list in one go; more than one only after `MAX_SESSIONS_PER_USER` was lowered. */
export const TRIMMED_AT_ONCE = 16

/** The order of `SessionStore.sessionsOf`: latest activity first, then the youngest, then by id so that it is total. */
export function latestFirst(a: StoredSession, b: StoredSession): number {
  return descending(a.lastActivity, b.lastActivity) || descending(a.createdAt, b.createdAt) || descending(a.id, b.id)
}

/** The page of `sessions` as `SessionStore.sessionsOf` gives it. */
export function pageOf(sessions: readonly StoredSession[], { before, limit }: PageRequest): readonly StoredSession[] {
  const below = before === null ? sessions : sessions.filter(({ lastActivity }) => lastActivity < before)
  const sorted = below.toSorted(latestFirst)
  const last = sorted[limit - 1]?.lastActivity
  return sorted.filter(({ lastActivity }, i) => i < limit || lastActivity === last)
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1
}
