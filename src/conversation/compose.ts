import type { StoredSession } from '../ports/session-store.ts'
import type { SessionInfo } from '../protocol/message.ts'

/** The session as clients see it. */
export function infoOf(session: StoredSession): SessionInfo {
  return {
    id: session.id,
    userId: session.userId,
    createdAt: session.createdAt,
    lastActivity: session.lastActivity,
    messageCount: Math.max(0, session.lastSeq - session.firstSeq + 1),
    ttlSeconds: session.ttlSeconds,
  }
}

/** Replica id of an address: `r1` of `r1.4f2a9c`. */
export function replicaOf(address: string): string {
  const dot = address.lastIndexOf('.')
  return dot < 0 ? address : address.slice(0, dot)
}
