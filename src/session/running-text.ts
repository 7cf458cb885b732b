import type { Message } from '../protocol/message.ts'

/** Stored messages with the running answer's text so far in its place. */
export function withRunningText(
  messages: readonly Message[],
  running: { readonly messageId: string; readonly attempt: number; readonly text: string } | null,
): readonly Message[] {
  if (running === null) return messages
  const { messageId, attempt, text } = running
  return messages.map((message) =>
    message.id === messageId ? { ...message, content: text, attempt, status: 'streaming' as const } : message,
  )
}
