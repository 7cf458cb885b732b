import type { Delta, MessageEvent } from '../protocol/events.ts'

/** Somebody on this replica who follows a session: its sockets, an SSE stream, a waiting request. */
export interface SessionListener {
  /** A message that is new, or has reached its final status. */
  message(event: MessageEvent): void
  /** Contiguous and in order within one attempt. */
  delta(event: Delta): void
}
