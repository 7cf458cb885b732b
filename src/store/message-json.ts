import { isShallow } from '../protocol/bounded.ts'
import type { Message, MessageStatus, Role } from '../protocol/message.ts'
import { tellJsonBytes } from '../session/weight.ts'

const ROLES: ReadonlySet<unknown> = new Set<Role>(['user', 'assistant', 'system'])
const STATUSES: ReadonlySet<unknown> = new Set<MessageStatus>(['streaming', 'complete', 'stopped', 'error'])
/** Characters of JSON up to which it is cheaper to write it again than to remember its size (0.2 µs, and work for the collector). */
const SHORT_JSON = 1024
/**
 * Levels of `metadata` that are read back: more than a sender may give (`MAX_METADATA_DEPTH`), and far below where writing it as
 * JSON again would overflow the stack. Short JSON has no more: a level takes two characters.
 */
const MAX_DEPTH = SHORT_JSON / 2

/** A message as it is stored: JSON whose keys come in the order of the `Message` interface, so that equal messages are equal strings. */
export function encodeMessage(message: Message): string {
  const [head, tail] = encodeAroundSeq(message)
  return `${head}${message.seq}${tail}`
}

/** The same JSON split where its `seq` belongs: the store that assigns the number only joins strings. */
export function encodeAroundSeq(draft: Omit<Message, 'seq'>): readonly [head: string, tail: string] {
  const { id, role, content, status, attempt, createdAt, metadata } = draft
  const rest = JSON.stringify({ role, content, status, attempt, createdAt, metadata })
  return [`{"id":${JSON.stringify(id)},"seq":`, `,${rest.slice(1)}`]
}

/** The message; null where the JSON is none, or none of a message (X6). What else stands in it is a later version's (G8). */
export function decodeMessage(json: string): Message | null {
  try {
    const message = shallowMessageIn(JSON.parse(json))
    if (message === null || json.length <= SHORT_JSON) return message
    if (!isShallow(message.metadata, MAX_DEPTH)) return null
    tellJsonBytes(message, Buffer.byteLength(json))
    return message
  } catch {
    return null
  }
}

/** The message that a value parsed from JSON is; null where it is none. */
export function messageIn(value: unknown): Message | null {
  const message = shallowMessageIn(value)
  return message !== null && isShallow(message.metadata, MAX_DEPTH) ? message : null
}

/** The same, where `metadata` is known not to be nested too deeply, or is looked at later. */
function shallowMessageIn(value: unknown): Message | null {
  if (!isObject(value)) return null
  const { id, seq, role, content, status, attempt, createdAt, metadata } = value
  const message = { id, seq, role, content, status, attempt, createdAt, metadata }
  return isMessage(message) ? message : null
}

function isMessage(value: { readonly [Field in keyof Message]: unknown }): value is Message {
  const { id, seq, role, content, status, attempt, createdAt, metadata } = value
  return (
    typeof id === 'string' &&
    typeof content === 'string' &&
    typeof createdAt === 'string' &&
    isCount(seq) &&
    isCount(attempt) &&
    ROLES.has(role) &&
    STATUSES.has(status) &&
    isObject(metadata)
  )
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
