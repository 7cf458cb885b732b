import type { Message } from '../../../src/protocol/message.ts'
import { describe, type Entry } from './history.ts'

const EXCERPT_LENGTH = 8
const BACKGROUND_LENGTH = 40
/** What befell the system and what replicas logged is shown from so long before the entries that matter until so long after. */
const BACKGROUND_MS = { before: 3000, after: 6000 }

export interface Violation {
  readonly rule: string
  readonly what: string
  /** The smallest piece of history that shows it. */
  readonly excerpt: readonly string[]
}

export function violation(rule: string, what: string, excerpt: readonly string[]): Violation {
  return { rule, what, excerpt }
}

/** The last entries up to `end` that matter, and what befell the system and what replicas logged meanwhile. */
export function excerptOf(
  all: readonly Entry[],
  end: Entry | undefined,
  matters: (entry: Entry) => boolean = () => true,
): string[] {
  const before = end === undefined ? all : all.slice(0, all.indexOf(end) + 1)
  const last = before.filter(matters).slice(-EXCERPT_LENGTH)
  const from = (last[0]?.at ?? 0) - BACKGROUND_MS.before
  const to = (last.at(-1)?.at ?? Infinity) + BACKGROUND_MS.after
  const sessions = new Set(last.flatMap((entry) => sessionOf(entry) ?? []))
  const isLog = ({ kind }: Entry) => kind === 'takeover' || kind === 'log'
  const own = before.filter((entry) => isLog(entry) && sessions.has(sessionOf(entry) ?? '')).slice(-BACKGROUND_LENGTH)
  const isNear = ({ at }: Entry) => at >= from && at <= to
  const general = before.filter((entry) => entry.kind === 'fault' || (isLog(entry) && sessionOf(entry) === null))
  const background = general.filter(isNear).slice(0, BACKGROUND_LENGTH)
  return [...new Set([...last, ...own, ...background])].sort((a, b) => a.at - b.at).map(describe)
}

export function sessionOf(entry: Entry): string | null {
  if (entry.kind === 'delta' || entry.kind === 'message' || entry.kind === 'sync') return entry.payload.sessionId
  if (entry.kind === 'log') return entry.session
  return 'sessionId' in entry ? entry.sessionId : null
}

function messagesIn(entry: Entry): readonly Message[] {
  switch (entry.kind) {
    case 'opened':
      return entry.messages
    case 'message':
      return [entry.payload.message]
    case 'sync':
      return entry.payload.messages
    case 'acknowledged':
      return [entry.message, entry.answer]
    default:
      return []
  }
}

export function concerns(entry: Entry, messageId: string): boolean {
  if (entry.kind === 'delta') return entry.payload.messageId === messageId
  if (entry.kind === 'takeover') return entry.messageId === messageId
  if (entry.kind === 'sent') return entry.id === messageId
  return messagesIn(entry).some(({ id }) => id === messageId)
}

/** Entries of the same connection that concern the same message. */
export function sameMessage(entry: Entry): (other: Entry) => boolean {
  const id =
    entry.kind === 'delta' ? entry.payload.messageId : entry.kind === 'message' ? entry.payload.message.id : null
  return (other) =>
    'socket' in entry && 'socket' in other && entry.socket === other.socket && (id === null || concerns(other, id))
}

export function outline({ id, seq, status, attempt, content }: Message): object {
  return { id, seq, status, attempt, length: content.length, end: content.slice(-30) }
}

export function diffOf(expected: string, actual: string): string {
  let at = 0
  while (at < expected.length && expected[at] === actual[at]) at++
  const piece = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40))
  return `from character ${at} on ${piece(actual)} (${actual.length}) instead of ${piece(expected)} (${expected.length})`
}
