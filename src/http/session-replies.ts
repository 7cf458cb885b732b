/** What HTTP tells of sessions, under the names of its own. */
import type { z } from 'zod'
import type { SessionPage } from '../ports/session-store.ts'
import type { SessionInfo } from '../protocol/message.ts'
import type { sessionsReply, statsReply } from '../protocol/rest.ts'

export function pageTold({ sessions, total }: SessionPage): z.input<typeof sessionsReply> {
  return {
    sessions: sessions.map(({ id, createdAt, lastActivity }) => ({
      session_id: id,
      created_at: createdAt,
      last_activity: lastActivity,
    })),
    total,
  }
}

export function statsTold(session: SessionInfo & { readonly sizeBytes: number }): z.input<typeof statsReply> {
  return {
    session_id: session.id,
    user_id: session.userId,
    created_at: session.createdAt,
    last_activity: session.lastActivity,
    message_count: session.messageCount,
    size_bytes: session.sizeBytes,
    ttl_seconds: session.ttlSeconds,
  }
}
