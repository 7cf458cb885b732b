/** What HTTP tells of sessions, under the names of its own. */
import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { SessionPage } from '../ports/session-store.ts'
import type { SessionInfo } from '../protocol/message.ts'
import type { sessionsReply, statsReply } from '../protocol/rest.ts'
import type { MessageLists } from './message-lists.ts'

/** What to find a session in Redis costs a replica, as bytes of a reply that cost it as much. */
const LISTED_BYTES = 512

/** Answers with a list of sessions, each of which was looked for in Redis, when it is its asker's turn (X6). */
export async function listInTurn(
  messageLists: MessageLists,
  reply: FastifyReply,
  list: () => Promise<SessionPage>,
): Promise<z.input<typeof sessionsReply> | FastifyReply> {
  const page = await messageLists.read(reply, list, ({ sessions }) => Math.max(1, sessions.length * LISTED_BYTES))
  return page === undefined ? reply : pageTold(page)
}

function pageTold({ sessions, total }: SessionPage): z.input<typeof sessionsReply> {
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
