import type { Activity, Delta, MessageEvent, SessionSync } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'

/**
 * Somebody on this replica who follows a session: a socket, an SSE stream, a waiting request. All subscribers of a session
 * are given the same event object, one right after the other. One that throws is let go.
 */
export interface Subscriber {
  /** A message that is new, or has reached its final status. */
  message(event: MessageEvent): void
  /** Contiguous and in order within one attempt. */
  delta(event: Delta): void
  /** What goes on where no text comes (F7). Repeated while it lasts, so that one may be dropped. */
  activity(event: Activity): void
  /** What the session holds above `after`, whatever was told of it before (G4). `rest`: what does not fit the event, and is told right after it. */
  sync(event: SessionSync, rest: readonly Message[]): void
  /** The session is gone, cleared or expired; nothing more comes. */
  ended(): void
}
