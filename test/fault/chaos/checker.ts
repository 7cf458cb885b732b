/**
 * Whether a round of chaos was borne as the contract says: nothing acknowledged is lost, seq has no gap, no character is
 * lost, doubled or changed at any client, every answer ends, once. Pure: a history in, what is wrong with it out.
 */
import type { Message } from '../../../src/protocol/message.ts'
import { laterOf, mergeDelta } from '../../../src/session/merge.ts'
import { type News, TextChecker } from '../../support/text-checker.ts'
import { exposedSessions } from './exposed.ts'
import { describe, type Entry, type History } from './history.ts'

export interface Violation {
  readonly rule: string
  readonly what: string
  /** The smallest piece of history that shows it. */
  readonly excerpt: readonly string[]
}

/** Entries of one kind. */
type Of<K extends Entry['kind']> = Extract<Entry, { kind: K }>

const EXCERPT_LENGTH = 8
const BACKGROUND_LENGTH = 30
const BACKGROUND_MS = 4000

export function check(history: History): Violation[] {
  const exposed = exposedSessions(history.entries)
  const safe = (entries: readonly Entry[]) => !entries.some((entry) => exposed.has(sessionOf(entry) ?? ''))
  return [
    ...socketsOf(history.entries).flatMap((entries) => checkSocket(entries, history)),
    ...peopleOf(history.entries)
      .filter(safe)
      .flatMap((entries) => checkPerson(entries, history)),
    ...checkAcknowledgements(history, exposed),
    ...[...history.stored.keys()].flatMap((sessionId) => checkStored(sessionId, history, exposed.has(sessionId))),
    ...history.waiting.map((person) => waitedInVain(person, history.entries)),
    ...history.immortal.map((key) => violation('[S3] a key without a time to live', key, [])),
  ]
}

/** [D2] [D4] [D7] What one connection was told, delta by delta. */
function checkSocket(entries: readonly Entry[], { redisWasAway, entries: all }: History): Violation[] {
  if (redisWasAway) return [] // then text may be told again, or left out and fetched (G): see checkPerson
  const checker = new TextChecker()
  let early: News[] | null = null
  for (const entry of entries) {
    if (entry.kind === 'opening') early = []
    else if (entry.kind === 'opened') {
      checker.opened(entry.messages, early ?? [])
      early = null
    } else if (entry.kind === 'delta' || entry.kind === 'message') {
      const news = { event: entry.kind, payload: entry.payload } as News
      if (early === null) checker.take(news)
      else early.push(news)
    }
    const complaint = checker.violations[0]
    if (complaint !== undefined) {
      return [violation('[D2] what a connection was told', complaint, excerptOf(all, entry, sameMessage(entry)))]
    }
  }
  return []
}

/** [F3] [D3] What one person was shown, over all its connections, and whether it ended with what Redis holds. */
function checkPerson(entries: readonly Entry[], history: History): Violation[] {
  const held = new Map<string, Message>()
  let sessionId: string | null = null
  for (const entry of entries) {
    if (entry.kind === 'opened') {
      if (sessionId !== null && entry.sessionId !== sessionId) {
        const what = `${sessionId} came back as ${entry.sessionId}`
        return [violation('[S1] a session was lost', what, excerptOf(history.entries, entry))]
      }
      sessionId = entry.sessionId
    }
    for (const message of shownBy(entry, held)) {
      const was = held.get(message.id)
      held.set(message.id, message)
      if (was === undefined || was.attempt !== message.attempt || message.content.startsWith(was.content)) continue
      const what = `message ${message.id}: ${diffOf(was.content, message.content)}`
      const excerpt = excerptOf(history.entries, entry, sameMessage(entry))
      return [violation('[F3] what was shown did not stay', what, excerpt)]
    }
  }
  const hasLeft = entries.findLast(({ kind }) => kind === 'lost' || kind === 'connected')?.kind === 'lost'
  return sessionId === null ? [] : checkHeld([...held.values()], sessionId, hasLeft, history)
}

/** The messages that an entry shows, merged with what is held of them. */
function shownBy(entry: Entry, held: ReadonlyMap<string, Message>): Message[] {
  if (entry.kind === 'delta') {
    const known = held.get(entry.payload.messageId)
    const merged = known === undefined ? null : mergeDelta(known, entry.payload)
    return merged === null ? [] : [merged]
  }
  return messagesIn(entry).map((message) => {
    const known = held.get(message.id)
    return known === undefined ? message : laterOf(known, message)
  })
}

function checkHeld(
  held: readonly Message[],
  sessionId: string,
  hasLeft: boolean,
  { entries, stored }: History,
): Violation[] {
  const truth = stored.get(sessionId)?.messages ?? []
  return held.flatMap((message) => {
    const kept = truth.find(({ id }) => id === message.id)
    if (kept?.content === message.content && kept.status === message.status && kept.attempt === message.attempt)
      return []
    if (hasLeft && isBeginningOf(message, kept)) return []
    const what = `held ${JSON.stringify(outline(message))}, stored ${JSON.stringify(kept && outline(kept))}`
    const excerpt = excerptOf(entries, entries.at(-1), (entry) => concerns(entry, message.id))
    return [violation('[D4] a client holds something else than Redis', what, excerpt)]
  })
}

/** Whether what somebody who left too early was shown may have become what is kept. */
function isBeginningOf(shown: Message, kept: Message | undefined): boolean {
  if (kept === undefined || shown.status !== 'streaming') return false
  return shown.attempt < kept.attempt || kept.content.startsWith(shown.content)
}

/** [M1] [M2] What was acknowledged is there, once, under the seq that was told. */
function checkAcknowledgements({ entries, stored }: History, exposed: ReadonlySet<string>): Violation[] {
  const acknowledged = entries.filter((entry): entry is Of<'acknowledged'> => entry.kind === 'acknowledged')
  return acknowledged.flatMap((entry) => {
    const { message, sessionId, persisted, answer } = entry
    if (!persisted && exposed.has(sessionId)) return []
    const kept = (stored.get(sessionId)?.messages ?? []).filter(({ id }) => id === message.id)
    const excerpt = () => excerptOf(entries, entry, (e) => concerns(e, message.id))
    const [only, ...more] = kept
    if (only === undefined) return [violation('[M1] an acknowledged message is lost', message.id, excerpt())]
    if (more.length > 0) return [violation('[M2] a message stands there twice', message.id, excerpt())]
    if (only.content !== message.content)
      return [violation('[M1] an acknowledged message was changed', diffOf(message.content, only.content), excerpt())]
    if (persisted && only.seq !== message.seq)
      return [violation('[M] an acknowledged seq has changed', `${message.seq} became ${only.seq}`, excerpt())]
    const answers = (stored.get(sessionId)?.messages ?? []).filter(({ id }) => id === answer.id)
    return answers.length === 1
      ? []
      : [violation('[M2] an acknowledged answer', `stands there ${answers.length} times`, excerpt())]
  })
}

/** [M] [F4] The session as Redis has it: seq without gaps, nothing that nobody sent, every answer ended, with the right text. */
function checkStored(sessionId: string, history: History, isExposed: boolean): Violation[] {
  const { entries, stored, answerTo, plain, limits } = history
  const { messages, running } = stored.get(sessionId) ?? { messages: [], running: false }
  const about = (message: Message) => excerptOf(entries, entries.at(-1), (entry) => concerns(entry, message.id))
  const found: Violation[] = []
  const seqs = messages.map(({ seq }) => seq)
  if (seqs.some((seq, i) => seq !== i + 1)) found.push(violation('[M] seq has a gap', seqs.join(' '), []))
  if (running)
    found.push(
      violation(
        '[F4] an answer that nobody ends',
        sessionId,
        excerptOf(entries, entries.at(-1), (e) => sessionOf(e) === sessionId),
      ),
    )
  const sent = new Map(entries.flatMap((entry) => (entry.kind === 'sent' ? [[entry.id, entry.content] as const] : [])))
  let question = ''
  for (const message of messages) {
    if (message.role === 'user') {
      if (sent.get(message.id) !== message.content)
        found.push(violation('[M2] a message that nobody sent', JSON.stringify(outline(message)), about(message)))
      question = message.content
      continue
    }
    const expected = answerTo(question)
    const { status } = message
    const content = plain(message.content)
    if (status === 'streaming') found.push(violation('[F4] an answer that did not end', message.id, about(message)))
    else if (status === 'complete' && content !== expected && !isExposed)
      found.push(
        violation('[F3] an answer’s text is not what the model said', diffOf(expected, content), about(message)),
      )
    else if (status === 'error') {
      const takeovers = entries.filter((entry) => entry.kind === 'takeover' && entry.messageId === message.id).length
      if (!isExposed && (takeovers < limits.takeovers || !expected.startsWith(content)))
        found.push(
          violation(
            '[F3] an answer was given up',
            `${JSON.stringify(message.metadata.error)} after ${takeovers} takeovers`,
            about(message),
          ),
        )
    }
  }
  return found
}

function waitedInVain(person: string, entries: readonly Entry[]): Violation {
  const own = (entry: Entry) => 'person' in entry && entry.person === person
  return violation('[F4] somebody waits for ever', person, excerptOf(entries, entries.at(-1), own))
}

function messagesIn(entry: Entry): readonly Message[] {
  switch (entry.kind) {
    case 'opened':
      return entry.messages
    case 'message':
      return [entry.payload.message]
    case 'acknowledged':
      return [entry.message, entry.answer]
    default:
      return []
  }
}

function socketsOf(entries: readonly Entry[]): Entry[][] {
  return [
    ...Map.groupBy(
      entries.filter((entry) => 'socket' in entry),
      (entry) => ('socket' in entry ? entry.socket : 0),
    ).values(),
  ]
}

function peopleOf(entries: readonly Entry[]): Entry[][] {
  return [
    ...Map.groupBy(
      entries.filter((entry) => 'person' in entry),
      (entry) => ('person' in entry ? entry.person : ''),
    ).values(),
  ]
}

function concerns(entry: Entry, messageId: string): boolean {
  if (entry.kind === 'delta') return entry.payload.messageId === messageId
  if (entry.kind === 'takeover') return entry.messageId === messageId
  if (entry.kind === 'sent') return entry.id === messageId
  return messagesIn(entry).some(({ id }) => id === messageId)
}

/** Entries of the same connection that concern the same message. */
function sameMessage(entry: Entry): (other: Entry) => boolean {
  const id =
    entry.kind === 'delta' ? entry.payload.messageId : entry.kind === 'message' ? entry.payload.message.id : null
  return (other) =>
    'socket' in entry && 'socket' in other && entry.socket === other.socket && (id === null || concerns(other, id))
}

/** The last entries up to `end` that matter, and what befell the system and what replicas logged meanwhile. */
function excerptOf(
  all: readonly Entry[],
  end: Entry | undefined,
  matters: (entry: Entry) => boolean = () => true,
): string[] {
  const before = end === undefined ? all : all.slice(0, all.indexOf(end) + 1)
  const last = before.filter(matters).slice(-EXCERPT_LENGTH)
  const from = (last[0]?.at ?? 0) - BACKGROUND_MS
  const sessions = new Set(last.flatMap((entry) => sessionOf(entry) ?? []))
  const isBackground = (entry: Entry) =>
    entry.kind === 'fault' ||
    ((entry.kind === 'takeover' || entry.kind === 'log') &&
      (sessionOf(entry) === null || sessions.has(sessionOf(entry) ?? '')))
  const background = before.filter((entry) => entry.at >= from && isBackground(entry)).slice(-BACKGROUND_LENGTH)
  return [...new Set([...last, ...background])].sort((a, b) => a.at - b.at).map(describe)
}

function sessionOf(entry: Entry): string | null {
  if (entry.kind === 'delta' || entry.kind === 'message') return entry.payload.sessionId
  if (entry.kind === 'log') return entry.session
  return 'sessionId' in entry ? entry.sessionId : null
}

function violation(rule: string, what: string, excerpt: readonly string[]): Violation {
  return { rule, what, excerpt }
}

function outline({ id, seq, status, attempt, content }: Message): object {
  return { id, seq, status, attempt, length: content.length, end: content.slice(-30) }
}

function diffOf(expected: string, actual: string): string {
  let at = 0
  while (at < expected.length && expected[at] === actual[at]) at++
  const piece = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40))
  return `from character ${at} on ${piece(actual)} (${actual.length}) instead of ${piece(expected)} (${expected.length})`
}
