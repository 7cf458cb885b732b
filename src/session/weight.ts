import type { Message } from '../protocol/message.ts'

/** What of a message differs in weight. */
type Weighty = Pick<Message, 'id' | 'createdAt' | 'content' | 'metadata'>

/** Bytes of a session without its messages and its user's id, roughly, with its place among others. */
const SESSION_BYTES = 1000
/** Bytes of memory that an object or an array takes with nothing in it, roughly, and each field of it. */
const OBJECT_BYTES = 56
const FIELD_BYTES = 16
/** Bytes of a message without its texts and metadata. */
const MESSAGE_BYTES = 400

/** Bytes of memory that a message takes, ids, metadata and all, roughly and rather too many. */
export function weightOf({ id, createdAt, content, metadata }: Weighty): number {
  return MESSAGE_BYTES + 2 * (id.length + createdAt.length + content.length) + weightOfValue(metadata)
}

export function weightOfAll(messages: readonly Weighty[]): number {
  return messages.reduce((sum, message) => sum + weightOf(message), 0)
}

/** Bytes of memory that a session takes with these messages, likewise. */
export function weightOfSession({ userId }: { userId: string | null }, messages: readonly Message[]): number {
  return SESSION_BYTES + 2 * (userId?.length ?? 0) + weightOfAll(messages)
}

/** Most bytes of UTF-8 that the JSON of messages takes for each byte of their weight: an escaped code unit takes six, and weighs two. */
export const MAX_JSON_BYTES_PER_WEIGHT = 3

const knownJsonBytes = new WeakMap<Message, number>()

/** Bytes of UTF-8 that a message takes as JSON. It is written to find out, unless its reader has told. */
export function jsonBytesOf(message: Message): number {
  const bytes = knownJsonBytes.get(message) ?? Buffer.byteLength(JSON.stringify(message))
  knownJsonBytes.set(message, bytes)
  return bytes
}

/** Tells what `jsonBytesOf` is to give for a message that was read from JSON. */
export function tellJsonBytes(message: Message, bytes: number): void {
  knownJsonBytes.set(message, bytes)
}

/** Bytes of memory that a value takes that came from JSON, which `isShallow` bounds. */
export function weightOfValue(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length
  if (typeof value !== 'object' || value === null) return 0
  let bytes = OBJECT_BYTES
  const isList = Array.isArray(value)
  // Not Object.entries, whose pairs were a twelfth of the garbage of opening a session; nor `in`, which V8 optimises in vain again and again.
  for (const name of Object.keys(value)) {
    const field: unknown = value[name as keyof typeof value]
    bytes += FIELD_BYTES + (isList ? 0 : 2 * name.length) + weightOfValue(field)
  }
  return bytes
}
