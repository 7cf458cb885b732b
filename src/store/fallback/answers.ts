import type { Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'

/** The messages, the running answer's with its text. */
export function messagesOf(snapshot: Snapshot | null): readonly Message[] {
  const running = snapshot?.running ?? null
  return (snapshot?.messages ?? []).map((message) =>
    message.id === running?.messageId
      ? { ...message, content: running.text, attempt: running.attempt, status: 'streaming' }
      : message,
  )
}

/** The answer as it ends where nobody can go on with it (F4). */
export function interrupted(answer: Message): Message {
  const message = 'what wrote this answer is gone; regenerate it'
  const error = { code: 'interrupted', message, retryable: true }
  return { ...answer, status: 'error', metadata: { ...answer.metadata, error } }
}
