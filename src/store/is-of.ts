import type { StoredSession } from '../ports/session-store.ts'

/** Whether whoever asks for the session as `userId` may have it; null may have any (X3). */
export function isOf(userId: string | null, session: Pick<StoredSession, 'userId'>): boolean {
  return userId === null || session.userId === userId
}
