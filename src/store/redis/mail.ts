import type { Note } from '../../ports/replica-link.ts'
import type { Activity, ActivityKind } from '../../protocol/events.ts'
import { messageIn } from '../message-json.ts'
import { PROTOCOL } from './protocol.ts'

type Fields = Readonly<Record<string, unknown>>

const ACTIVITIES: ReadonlySet<unknown> = new Set<ActivityKind>(['thinking', 'searching', 'retrying', 'resuming'])

const isText = (value: unknown): value is string => typeof value === 'string'
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** By kind, how the note is taken from what came; null where it is none. What else came with it is a later version's. */
const READERS: { readonly [Kind in Note['kind']]: (note: Fields) => Note | null } = {
  delta: ({ sessionId, messageId, attempt, offset, text }) =>
    isText(sessionId) && isText(messageId) && isCount(attempt) && isCount(offset) && isText(text)
      ? { kind: 'delta', sessionId, messageId, attempt, offset, text }
      : null,
  message: ({ sessionId, message: value, version }) => {
    const message = messageIn(value)
    if (!isText(sessionId) || message === null || !(version === undefined || isCount(version))) return null
    return { kind: 'message', sessionId, message, version }
  },
  activity: ({ sessionId, event: value }) => {
    const event = activityIn(value)
    return isText(sessionId) && event !== null ? { kind: 'activity', sessionId, event } : null
  },
  look: ({ sessionId }) => (isText(sessionId) ? { kind: 'look', sessionId } : null),
  watch: ({ sessionId, watcher }) =>
    isText(sessionId) && isText(watcher) ? { kind: 'watch', sessionId, watcher } : null,
  fenced: ({ sessionId, epoch }) => (isText(sessionId) && isCount(epoch) ? { kind: 'fenced', sessionId, epoch } : null),
  handover: ({ sessionId, owner }) =>
    isText(sessionId) && isText(owner) ? { kind: 'handover', sessionId, owner } : null,
  died: ({ replica }) => (isText(replica) ? { kind: 'died', replica } : null),
  owning: ({ replica }) => (isText(replica) ? { kind: 'owning', replica } : null),
  draining: ({ replica }) => (isText(replica) ? { kind: 'draining', replica } : null),
}

/** A note as it is sent: with the number of the protocol that it is of (G8). */
export function encodeNote(note: Note): string {
  return `{"v":${PROTOCOL},${JSON.stringify(note).slice(1)}`
}

/**
 * The notes in a piece of mail, and how much in it is malformed (X6). Those of kinds that this version does not know are
 * passed over, one by one (G8).
 */
export function notesIn(json: string): { readonly notes: readonly Note[]; readonly malformed: number } {
  const notes: Note[] = []
  let malformed = 0
  for (const item of itemsIn(json) ?? [null]) {
    if (!isObject(item) || !isText(item.kind)) malformed++
    else if (isKind(item.kind)) {
      const note = READERS[item.kind](item)
      if (note === null) malformed++
      else notes.push(note)
    }
  }
  return { notes, malformed }
}

function itemsIn(json: string): readonly unknown[] | null {
  try {
    const items: unknown = JSON.parse(json)
    return Array.isArray(items) ? items : null
  } catch {
    return null
  }
}

function isKind(kind: string): kind is Note['kind'] {
  return Object.hasOwn(READERS, kind)
}

function activityIn(value: unknown): Activity | null {
  if (!isObject(value)) return null
  const { sessionId, messageId, kind, text } = value
  if (!isText(sessionId) || !isText(messageId) || !isActivityKind(kind)) return null
  return { sessionId, messageId, kind, ...(isText(text) && { text }) }
}

function isActivityKind(kind: unknown): kind is ActivityKind {
  return ACTIVITIES.has(kind)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
