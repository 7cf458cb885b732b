/**
 * What a client holds of one session, as pure transitions (contract D3, E): nothing here knows of sockets or time.
 *
 * `startOpening` → events are held · `opened` → the snapshot is merged, then what was held · `received` → merged at once.
 * `gap` says that something between is missing: the holder opens the session again.
 */
import type { Delta, MessageEvent } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { laterOf, mergeDelta } from '../session/merge.ts'

export type SessionEvent =
  | { readonly name: 'message'; readonly data: MessageEvent }
  | { readonly name: 'delta'; readonly data: Delta }

export interface Conversation {
  readonly sessionId: string | null
  /** By `seq`. */
  readonly messages: readonly Message[]
  /** Events that came before the acknowledgement of a running `session:open`; null where none runs. */
  readonly held: readonly SessionEvent[] | null
  /** Something is missing that only another `session:open` can bring. */
  readonly gap: boolean
  /** Something was acknowledged that Redis does not hold: its `seq` may still change (G5). */
  readonly provisional: boolean
}

export const EMPTY: Conversation = { sessionId: null, messages: [], held: null, gap: false, provisional: false }

/** From here to `opened` or `openFailed` events are held: they may be newer than the snapshot that is on its way. */
export function startOpening(conversation: Conversation): Conversation {
  return { ...conversation, held: [] }
}

/** The connection was lost before the acknowledgement: what was held is part of the next snapshot. */
export function openFailed(conversation: Conversation): Conversation {
  return { ...conversation, held: null }
}

/**
 * A `session:open` was acknowledged. A session under another id replaces what there was; else the snapshot is merged.
 * `durable`: the snapshot came from Redis, so every `seq` in it is final.
 */
export function opened(
  conversation: Conversation,
  snapshot: { sessionId: string; messages: readonly Message[]; durable: boolean },
): Conversation {
  const base = conversation.sessionId === snapshot.sessionId ? conversation : EMPTY
  const merged: Conversation = {
    sessionId: snapshot.sessionId,
    messages: withMessages(base.messages, snapshot.messages),
    held: null,
    gap: false,
    provisional: !snapshot.durable,
  }
  return (conversation.held ?? []).reduce(received, merged)
}

/** An event of the gateway; one of another session changes nothing. */
export function received(conversation: Conversation, event: SessionEvent): Conversation {
  if (conversation.held !== null) return { ...conversation, held: [...conversation.held, event] }
  if (event.data.sessionId !== conversation.sessionId) return conversation
  return event.name === 'message'
    ? receivedMessage(conversation, event.data.message)
    : receivedDelta(conversation, event.data)
}

/** Messages that an acknowledgement carried; `persisted` as it said (true where it says nothing of it). */
export function acknowledged(conversation: Conversation, messages: readonly Message[], persisted = true): Conversation {
  return {
    ...conversation,
    messages: withMessages(conversation.messages, messages),
    provisional: conversation.provisional || !persisted,
  }
}

/** The answer that streams, if any. */
export function streamingAnswer(conversation: Conversation): Message | undefined {
  return conversation.messages.findLast((message) => message.status === 'streaming')
}

/**
 * `after` for the next `session:open`: everything up to this `seq` is held and can change no more. The last answer can
 * (it may stream, or be regenerated meanwhile), so it is fetched again. Undefined where all must be fetched.
 */
export function resumeAfter(conversation: Conversation): number | undefined {
  const { messages, provisional } = conversation
  if (provisional) return undefined
  const open = messages.find((message) => message.status === 'streaming')
  const lastAnswer = messages.findLast((message) => message.role === 'assistant')
  const first = open ?? lastAnswer
  return first === undefined ? messages.at(-1)?.seq : first.seq - 1
}

function receivedMessage(conversation: Conversation, message: Message): Conversation {
  const isNew = indexOf(conversation.messages, message.id) === -1
  const lastSeq = conversation.messages.at(-1)?.seq ?? 0
  if (isNew && message.seq > lastSeq + 1) return { ...conversation, gap: true }
  const messages = withMessage(conversation.messages, message)
  return messages === conversation.messages ? conversation : { ...conversation, messages }
}

function receivedDelta(conversation: Conversation, delta: Delta): Conversation {
  const index = indexOf(conversation.messages, delta.messageId)
  const held = conversation.messages[index]
  const merged = held === undefined ? null : mergeDelta(held, delta)
  if (merged === null) return { ...conversation, gap: true }
  return merged === held ? conversation : { ...conversation, messages: conversation.messages.with(index, merged) }
}

function withMessage(messages: readonly Message[], incoming: Message): readonly Message[] {
  const index = indexOf(messages, incoming.id)
  const held = messages[index]
  if (held === undefined) return bySeq([...messages, incoming])
  const later = laterOf(held, incoming)
  if (later === held) return messages
  const next = messages.with(index, later)
  return later.seq === held.seq ? next : bySeq(next)
}

/** Many at once, in one pass: a history may be thousands. */
function withMessages(messages: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (incoming.length <= 2) return incoming.reduce(withMessage, messages)
  const byId = new Map(messages.map((message) => [message.id, message]))
  for (const message of incoming) {
    const held = byId.get(message.id)
    byId.set(message.id, held === undefined ? message : laterOf(held, message))
  }
  return bySeq([...byId.values()])
}

function bySeq(messages: Message[]): readonly Message[] {
  return messages.sort((a, b) => a.seq - b.seq)
}

/** From the end: what changes is nearly always the last message. */
function indexOf(messages: readonly Message[], id: string): number {
  return messages.findLastIndex((message) => message.id === id)
}
