import type { UsedUp } from '../ports/quotas.ts'
import { type SessionStore, type StoredSession, StoreUnavailable } from '../ports/session-store.ts'

import { BatonError } from '../protocol/errors.ts'
import type { Caller } from './api.ts'

/** What the use cases refuse, and how it is said. */

export const notFound = () => new BatonError('session_not_found', 'sessionId: no such session')
export const busy = () =>
  new BatonError('answer_in_progress', 'an answer is being written, wait for it or stop it', { retryAfterMs: 250 })
export const raced = () =>
  new BatonError('overloaded', 'the session changes too fast, try again', { retryAfterMs: 250 })
export const saturated = () =>
  new BatonError('overloaded', 'this replica is busy with the answers that it writes, try again', {
    retryAfterMs: 2000,
  })
export const exhausted = (retryAfterMs: number) =>
  new BatonError('overloaded', 'all tokens of today are used up, there are new ones tomorrow (UTC)', { retryAfterMs })
export const usedUp = ({ what, whose, retryAfterMs }: UsedUp) =>
  new BatonError(
    'quota_exceeded',
    what === 'answers'
      ? `this ${whose} has as many answers at once as it may, wait for one of them to end`
      : `all ${what} of this ${whose} for today are used up, there are new ones tomorrow (UTC)`,
    { retryAfterMs },
  )
/** Of a message that the store lacks. */
export const noSuchMessage = ({ isSettling }: SessionStore) =>
  isSettling ? unreachable() : new BatonError('message_not_found', 'messageId: no such message in this session')
export const idTaken = () => new BatonError('invalid', 'id: is that of another message of this session')
export const unreachable = (cause?: StoreUnavailable) =>
  new BatonError('overloaded', 'sessions cannot be reached right now, try again', { retryAfterMs: 500, cause })
export const limited = (retryAfterMs: number) =>
  new BatonError('rate_limited', 'too many messages, wait before the next one', { retryAfterMs })

/** A store that cannot be asked is a gateway that cannot serve now (G1). */
export async function orOverloaded<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    throw unreachable(cause)
  }
}

/** The user a session will belong to: the caller's own where callers have one (X3). */
export function userOf(caller: Caller, userId: string | undefined): string | null {
  if (caller.user === null) return userId ?? null
  if (userId !== undefined && userId !== caller.user)
    throw new BatonError('forbidden', 'userId: is not the user of the token')
  return caller.user
}

/** Refuses to find sessions by a user id that anybody could have named (X3). */
export function checkUserKnown(caller: Caller, trustUserIds: boolean, field: string): void {
  if (caller.user === null && !trustUserIds)
    throw new BatonError('forbidden', `${field}: user ids are not trusted here (TRUST_USER_ID)`)
}

export function checkOwner(caller: Caller, session: StoredSession): void {
  if (caller.user !== null && session.userId !== caller.user) throw notFound()
}

export function checkContent(content: string, maxBytes: number): void {
  if (content.trim() === '') throw new BatonError('invalid', 'content: must not be blank')
  if (Buffer.byteLength(content) > maxBytes)
    throw new BatonError('too_large', `content: must be at most ${maxBytes} bytes of UTF-8`)
}

/** What was acknowledged as not persisted went with the replica that had it (G4). */
export function undone(): BatonError {
  return new BatonError('interrupted', 'the message was lost before it could be stored; send it again')
}
