import type { Snapshot } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { interrupted } from '../../session/interruptions.ts'
import { withRunningText } from '../../session/running-text.ts'

/** The messages, the running answer's with its text. */
export function visibleMessages(snapshot: Snapshot | null): readonly Message[] {
  return withRunningText(snapshot?.messages ?? [], snapshot?.running ?? null)
}

/** The answer as it ends where nobody can go on with it (F4). */
export function asInterrupted(answer: Message): Message {
  return { ...answer, status: 'error', metadata: { ...answer.metadata, error: interrupted('gone') } }
}
