/**
 * What a client holds of one session, as pure transitions (contract D3, E): nothing here knows of sockets or time.
 *
 * `startOpening` → what comes is held · `opened` → the snapshot, then what was held · `received` → taken at once.
 * `gap` says that something between is missing: the holder opens the session again.
 */
import type { Activity, ActivityKind, Delta, GatewayEvents, MessageEvent, SessionSync } from '../protocol/events.ts'
import type { Message } from '../protocol/message.ts'
import { laterOf, mergeDelta } from '../session/merge.ts'

/** What changes a conversation: events of the gateway, and messages that an acknowledgement carried. */
export type SessionEvent =
  | { readonly name: 'message'; readonly data: MessageEvent }
  | { readonly name: 'delta'; readonly data: Delta }
  | { readonly name: 'session:sync'; readonly data: SessionSync }
  | { readonly name: 'activity'; readonly data: Activity }
  | { readonly name: 'backend'; readonly data: GatewayEvents['backend'] }
  | { readonly name: 'acknowledged'; readonly data: Acknowledged }

export interface Acknowledged {
  /** Of the session that was asked: a client may have left it since. */
  readonly sessionId: string
  readonly messages: readonly Message[]
  readonly persisted: boolean
}

/** The messages of a session above a `seq`, as a `session:open` is acknowledged with them. */
export interface Snapshot {
  readonly sessionId: string
  readonly messages: readonly Message[]
  /** They came from Redis. */
  readonly durable: boolean
  /** Where they begin; where nothing is said of it, as asked. */
  readonly after?: number | undefined
}

/** What goes on while the text of the running answer does not come (F7). */
export interface CurrentActivity {
  readonly kind: ActivityKind
  /** The model's own words as far as they came, where they are shown. */
  readonly text?: string
}

export interface Conversation {
  readonly sessionId: string | null
  /** By `seq`. */
  readonly messages: readonly Message[]
  /** What came before the acknowledgement of a running `session:open`; null where none runs. */
  readonly held: readonly SessionEvent[] | null
  /** The `after` of that `session:open`. */
  readonly asked: number
  /** Something is missing that only another `session:open` can bring. */
  readonly gap: boolean
  /** From this `seq` on nothing is known to be in Redis as it is held here (G5); infinite where everything is. */
  readonly provisionalFrom: number
  /** From this `seq` on messages are known by acknowledgements alone: what changed before them may not have been told. */
  readonly acknowledgedFrom: number
  /** What was told last of what goes on, and how far the answer was by then: with more of its text that is over. */
  readonly activity: {
    readonly what: CurrentActivity
    readonly messageId: string
    readonly attempt: number
    readonly length: number
  } | null
}

/** Above every `seq`. */
const NOTHING = Number.POSITIVE_INFINITY

export const EMPTY: Conversation = {
  sessionId: null,
  messages: [],
  held: null,
  asked: 0,
  gap: false,
  provisionalFrom: NOTHING,
  acknowledgedFrom: NOTHING,
  activity: null,
}

/** Units of a model's reasoning that are kept, from its end. */
const MAX_REASONING = 65_536

/**
 * A `session:open` with `after` is sent. From here to `opened` or `openFailed` events are held: they may be newer than the
 * snapshot that is on its way.
 */
export function startOpening(conversation: Conversation, after = 0): Conversation {
  return { ...conversation, held: [], asked: after }
}

/** The connection was lost before the acknowledgement: what was held is part of the next snapshot, which has to begin as early. */
export function openFailed(conversation: Conversation): Conversation {
  const { held, asked } = conversation
  return held === null ? conversation : provisional({ ...conversation, held: null }, asked + 1)
}

/**
 * A `session:open` was acknowledged. A session under another id replaces what there was. Else a snapshot from Redis
 * replaces what is held above its `after`; one from memory is merged, and stays provisional.
 */
export function opened(conversation: Conversation, snapshot: Snapshot): Conversation {
  const { sessionId, messages, durable, after = conversation.asked } = snapshot
  const same = conversation.sessionId === sessionId ? conversation : EMPTY
  const base: Conversation = { ...same, sessionId, held: null, gap: false }
  const kept = after > conversation.asked ? beforeLater(base, after, durable) : base
  const next = durable ? replaced(kept, after, messages) : withProvisional(kept, messages)
  return (conversation.held ?? []).reduce(received, next)
}

/**
 * What stays held before a snapshot that begins later than asked. It leaves a hole, which `session:history` fills from its lower
 * edge: nothing may be held below it. A replica without Redis may have only the newest messages. Where what is held reaches them
 * there is no hole, and what did not come is asked for again.
 */
function beforeLater(conversation: Conversation, after: number, durable: boolean): Conversation {
  const below = conversation.messages.filter(({ seq }) => seq <= after)
  const isJoined = !durable && below.at(-1)?.seq === after && below.every(({ status }) => status !== 'streaming')
  if (isJoined) return provisional(conversation, conversation.asked + 1)
  return { ...conversation, messages: [], provisionalFrom: NOTHING }
}

/** An event of the gateway; one of another session changes nothing. */
export function received(conversation: Conversation, event: SessionEvent): Conversation {
  if (conversation.held !== null) return { ...conversation, held: [...conversation.held, event] }
  if (event.name === 'backend') return event.data.backend === 'memory' ? doubted(conversation) : conversation
  if (event.data.sessionId !== conversation.sessionId) return conversation
  switch (event.name) {
    case 'acknowledged':
      return withAcknowledged(conversation, event.data)
    case 'message':
      return receivedMessage(
        asDoubtful(moved(conversation, [event.data.message]), event.data.message),
        event.data.message,
      )
    case 'delta':
      return receivedDelta(conversation, event.data)
    case 'session:sync':
      return receivedSync(conversation, event.data)
    case 'activity':
      return receivedActivity(conversation, event.data)
  }
}

/**
 * Messages that an acknowledgement carried, with `persisted` as it said. They are there at once, and again after a snapshot
 * that is on its way, which may have been taken before them.
 */
export function acknowledged(conversation: Conversation, data: Acknowledged): Conversation {
  const { sessionId, held } = conversation
  const next = data.sessionId === sessionId ? withAcknowledged(conversation, data) : conversation
  return held === null ? next : { ...next, held: [...held, { name: 'acknowledged', data }] }
}

/** The answer that streams, if any. */
export function streamingAnswer(conversation: Conversation): Message | undefined {
  return conversation.messages.findLast((message) => message.status === 'streaming')
}

/** What goes on while the running answer's next text does not come; null where none runs, or text came since it was told. */
export function activityOf({ messages, activity }: Conversation): CurrentActivity | null {
  if (activity === null) return null
  const answer = messages.findLast(({ id }) => id === activity.messageId)
  const isOn =
    answer?.status === 'streaming' && answer.attempt === activity.attempt && answer.content.length === activity.length
  return isOn ? activity.what : null
}

/** Everything that is held is known to be in Redis, as it was when it was told. */
export function isSettled({ held, provisionalFrom }: Conversation): boolean {
  return held === null && provisionalFrom === NOTHING
}

/**
 * `after` for the next `session:open`: everything up to this `seq` is held and can change no more. The last answer can
 * (it may stream, or be regenerated meanwhile), and so can what is provisional. Undefined where all must be fetched.
 */
export function resumeAfter({ messages, provisionalFrom, acknowledgedFrom }: Conversation): number | undefined {
  const open = messages.find(({ status }) => status === 'streaming') ?? messages.findLast(isAnswer)
  const certain = open === undefined ? (messages.at(-1)?.seq ?? 0) : open.seq - 1
  // The answer before a question that was only acknowledged may have been made anew before that.
  const after = Math.min(certain, acknowledgedFrom - 2, provisionalFrom - 1)
  return after > 0 ? after : undefined
}

function isAnswer({ role }: Message): boolean {
  return role === 'assistant'
}

/** What is held above `after` becomes `messages`, which Redis holds: what they lack is gone. */
function replaced(conversation: Conversation, after: number, messages: readonly Message[]): Conversation {
  const known = new Map(conversation.messages.map((message) => [message.id, message]))
  const told = messages.map((message) => sameOrNew(known.get(message.id), message))
  const ids = new Set(messages.map(({ id }) => id))
  const kept = conversation.messages.filter(({ id, seq }) => seq <= after && !ids.has(id))
  // What is provisional at or below it stays so.
  const provisionalFrom = conversation.provisionalFrom > after ? NOTHING : conversation.provisionalFrom
  const next = { ...conversation, provisionalFrom, acknowledgedFrom: NOTHING }
  return { ...next, gap: false, messages: bySeq([...kept, ...told]) }
}

/** The very message that is held, where nothing about it has changed: a view need not look at it again. */
function sameOrNew(held: Message | undefined, message: Message): Message {
  return held !== undefined && JSON.stringify(held) === JSON.stringify(message) ? held : message
}

function withProvisional(conversation: Conversation, messages: readonly Message[]): Conversation {
  const next = { ...moved(conversation, messages), messages: withMessages(conversation.messages, messages) }
  return provisional(next, messages[0]?.seq ?? (conversation.messages.at(-1)?.seq ?? 0) + 1)
}

function provisional(conversation: Conversation, from: number): Conversation {
  return from < conversation.provisionalFrom ? { ...conversation, provisionalFrom: from } : conversation
}

/** What is held under a number and now comes under another leaves a hole there: from it on nothing is certain (G5). */
function moved(conversation: Conversation, messages: readonly Message[]): Conversation {
  const from = messages.flatMap(({ id, seq }) => {
    const held = conversation.messages[indexOf(conversation.messages, id)]
    return held === undefined || held.seq === seq ? [] : [held.seq, seq]
  })
  return provisional(conversation, Math.min(...from))
}

/** While anything is provisional, so is a message that is told: it may be an older answer, made anew (G5). */
function asDoubtful(conversation: Conversation, { seq }: Message): Conversation {
  return isSettled(conversation) ? conversation : provisional(conversation, seq)
}

/** What comes from here on need not be in Redis. */
function doubted(conversation: Conversation): Conversation {
  return provisional(conversation, (resumeAfter(conversation) ?? 0) + 1)
}

function withAcknowledged(conversation: Conversation, { messages, persisted }: Acknowledged): Conversation {
  const first = Math.min(...messages.map(({ seq }) => seq))
  const lastSeq = conversation.messages.at(-1)?.seq ?? 0
  const acknowledgedFrom =
    first > lastSeq ? Math.min(first, conversation.acknowledgedFrom) : conversation.acknowledgedFrom
  const before = moved(conversation, messages)
  const next = {
    ...before,
    acknowledgedFrom,
    messages: withMessages(conversation.messages, messages),
  }
  // What is between has still to come, and the answer before it may have been made anew: until then they are asked for.
  const isAhead = messages.length > 0 && first > lastSeq + 1
  if (isAhead) return provisional(next, (resumeAfter(before) ?? 0) + 1)
  return persisted ? next : provisional(next, first)
}

function receivedMessage(conversation: Conversation, message: Message): Conversation {
  const isNew = indexOf(conversation.messages, message.id) === -1
  const lastSeq = conversation.messages.at(-1)?.seq ?? 0
  if (isNew && message.seq > lastSeq + 1) return { ...conversation, gap: true }
  const messages = withMessage(conversation.messages, message)
  const isTold = message.seq >= conversation.acknowledgedFrom
  if (messages === conversation.messages && !isTold) return conversation
  const acknowledgedFrom = isTold ? NOTHING : conversation.acknowledgedFrom
  const next = { ...conversation, messages, acknowledgedFrom }
  const isTaken = messages.some(({ id, seq }) => seq === message.seq && id !== message.id)
  return isTaken ? { ...provisional(next, message.seq), gap: true } : next
}

function receivedDelta(conversation: Conversation, delta: Delta): Conversation {
  const index = indexOf(conversation.messages, delta.messageId)
  const held = conversation.messages[index]
  const merged = held === undefined ? null : mergeDelta(held, delta)
  if (merged === null) return { ...conversation, gap: true }
  return merged === held ? conversation : { ...conversation, messages: conversation.messages.with(index, merged) }
}

function receivedSync(conversation: Conversation, { after, messages }: SessionSync): Conversation {
  const lastSeq = conversation.messages.at(-1)?.seq ?? 0
  if (after > lastSeq) return { ...conversation, gap: true }
  return replaced(conversation, after, messages)
}

function receivedActivity(conversation: Conversation, { messageId, kind, text = '' }: Activity): Conversation {
  const answer = streamingAnswer(conversation)
  if (answer?.id !== messageId) return conversation
  const before = activityOf(conversation)
  const words = ((before?.kind === kind && before.text) || '') + text
  const what = words === '' ? { kind } : { kind, text: words.slice(-MAX_REASONING) }
  const { attempt, content } = answer
  return { ...conversation, activity: { what, messageId, attempt, length: content.length } }
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
