import type { Message } from '../../../src/protocol/message.ts'
import { laterOf, mergeDelta } from '../../../src/session/merge.ts'
import { type News, TextChecker } from '../../support/text-checker.ts'
import { isAnsweredOtherwise } from './check-stored.ts'
import type { Entry, History } from './history.ts'
import {
  concerns,
  diffOf,
  excerptOf,
  messagesIn,
  outline,
  sameMessage,
  type Violation,
  violation,
} from './violation.ts'

/** [D2] [D4] [D7] What one connection was told, delta by delta. */
export function checkSocket(entries: readonly Entry[], { redisWasAway, entries: all }: History): Violation[] {
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
export function checkPerson(entries: readonly Entry[], history: History): Violation[] {
  const held = new Map<string, Message>()
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
      if (entry.sessionId !== sessionId) {
        held.clear()
        isKept = entry.resumed || entry.backend === 'redis'
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
  const otherwise = new Set(
    entries.flatMap((entry) =>
      entry.kind === 'acknowledged' && !entry.persisted && isAnsweredOtherwise(entry.message, entry.answer, truth)
        ? [entry.answer.id]
        : [],
    ),
  )
  return held.flatMap((message) => {
    if (otherwise.has(message.id)) return []
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
