import type { Metadata } from '../protocol/message.ts'

const WHY = {
  gone: 'the replica that wrote this answer is gone, and no other can go on with it; regenerate it',
  lost: 'what the store held of this answer was lost; regenerate it',
  yielded: 'another answer of this conversation was begun meanwhile; regenerate it',
} as const

/** Why nobody can go on with an answer. */
export type Interruption = keyof typeof WHY

/** What `metadata.error` of an answer says that ends for this reason (F4). */
export function interrupted(why: Interruption): Metadata {
  return { code: 'interrupted', message: WHY[why], retryable: true }
}

/** The metadata of an answer that ends where nobody knows any more who wrote it (M4). */
export function interruptedUnknown(why: Interruption): Metadata {
  return { error: interrupted(why), replicas: [], processing_time_ms: 0 }
}
