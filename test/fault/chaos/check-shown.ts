import * as talk from '../../../src/client/conversation-state.ts'
import type { Message } from '../../../src/protocol/message.ts'
import { type News, TextChecker } from '../../support/text-checker.ts'
import type { Entry, History } from './history.ts'
import { concerns, diffOf, excerptOf, outline, sameMessage, type Violation, violation } from './violation.ts'

/** [D2] [D4] [D7] What one connection was told, delta by delta. */
export function checkSocket(entries: readonly Entry[], { redisWasAway, entries: all }: History): Violation[] {
  if (redisWasAway) return [] // then text may be told again, or left out and fetched (G): see checkPerson
  const checker = new TextChecker()
  let early: News[] | null = null
  for (const entry of entries) {
    if (entry.kind === 'opening') early = []
    else if (entry.kind === 'opened') {
      checker.opened(entry.sessionId, entry.messages, early ?? [])
      early = null
    } else if (entry.kind === 'delta' || entry.kind === 'message' || entry.kind === 'sync') {
      const event = entry.kind === 'sync' ? 'session:sync' : entry.kind
      const news = { event, payload: entry.payload } as News
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
export function checkPerson(entries: readonly Entry[], history: History): Violation[] {
  let held = talk.EMPTY
  let sessionId: string | null = null
  /** One that a replica made while it was alone is known to that one only, as it said, until it says that it is stored. */
  let isKept = true
  for (const entry of entries) {
    if (entry.kind === 'backend' && entry.backend === 'redis') isKept = true
    if (entry.kind === 'opened') {
      if (sessionId !== null && entry.sessionId !== sessionId && isKept) {
        const what = `${sessionId} came back as ${entry.sessionId}`
        return [violation('[S1] a session was lost', what, excerptOf(history.entries, entry))]
      }
      if (entry.sessionId !== sessionId) isKept = entry.resumed || entry.backend === 'redis'
      sessionId = entry.sessionId
    }
    const before = held
    held = after(before, entry)
    const isTruth = entry.kind === 'sync' || (entry.kind === 'opened' && entry.backend === 'redis')
    if (isTruth && history.redisWasAway) continue // it replaces what was provisional (G4)
    const changed = before.messages.find((was) => !isKeptIn(was, held.messages))
    if (changed === undefined) continue
    const now = held.messages.find(({ id }) => id === changed.id)
    const what = `message ${changed.id}: ${now === undefined ? 'is gone' : diffOf(changed.content, now.content)}`
    return [violation('[F3] what was shown did not stay', what, excerptOf(history.entries, entry, sameMessage(entry)))]
  }
  const hasLeft = entries.findLast(({ kind }) => kind === 'lost' || kind === 'connected')?.kind === 'lost'
  return sessionId === null ? [] : checkHeld(held.messages, sessionId, hasLeft, history)
}

/** What a client holds after an entry. */
function after(held: talk.Conversation, entry: Entry): talk.Conversation {
  switch (entry.kind) {
    case 'opening':
      return talk.startOpening(held)
    case 'not opened':
    case 'lost':
      return talk.openFailed(held)
    case 'opened':
      return talk.opened(held, { ...entry, durable: entry.backend === 'redis' })
    case 'delta':
      return talk.received(held, { name: 'delta', data: entry.payload })
    case 'message':
      return talk.received(held, { name: 'message', data: entry.payload })
    case 'sync':
      return talk.received(held, { name: 'session:sync', data: entry.payload })
    case 'acknowledged':
      return talk.acknowledged(held, { ...entry, messages: [entry.message, entry.answer] })
    default:
      return held
  }
}

/** Whether a text that was shown is still there, or was emptied for another attempt. */
function isKeptIn(was: Message, messages: readonly Message[]): boolean {
  const now = messages.findLast(({ id }) => id === was.id)
  return now !== undefined && (now.attempt !== was.attempt || now.content.startsWith(was.content))
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
