/** What the scripts are given as ARGV, in the order that their heads name. */
import type { AppendItem, BeginRequest, RegenerateRequest, SessionState, Watch } from '../../ports/session-store.ts'
import type { Exchange, ReconcileRequest } from '../../ports/shared-store.ts'
import { interruptedUnknown } from '../../session/interruptions.ts'
import { encodeAroundSeq, encodeMessage } from '../message-json.ts'
import type { Keys } from './keys.ts'
import type { Arguments } from './scripts.ts'

const LOST = JSON.stringify(interruptedUnknown('lost'))

export function beginArguments(request: BeginRequest, ttlSeconds: number, maxMessages: number): Arguments {
  const { userId, message, answer, owner, known, contextSize } = request
  const at = answer.createdAt
  const head = [ttlSeconds, userId ?? '', message.id, ...encodeAroundSeq(message)]
  const claim = [answer.id, ...encodeAroundSeq(answer), answer.attempt, owner]
  return [...head, ...claim, stateArgument(known), contextSize, maxMessages, at, Date.parse(at), LOST]
}

/** As `state_of` (session.lua) writes it; '' where there is none. */
export function stateArgument(state: SessionState | null): string {
  return state === null ? '' : `${state.version} ${state.lastSeq} ${state.lastActivity}`
}

export function watchArguments(watch: Watch | null): readonly [watcher: string, id: number] {
  return watch === null ? ['', 0] : [watch.watcher, watch.id]
}

export function regenerateArguments({ answer, owner, known }: RegenerateRequest, ttlSeconds: number): Arguments {
  const { id, seq, attempt, createdAt } = answer
  const claim = [id, seq, attempt, encodeMessage(answer), owner, known.version, stateArgument(known)]
  return [ttlSeconds, ...claim, createdAt, Date.parse(createdAt)]
}

/** `makes`: a session that Redis had and has no more is made again. */
export function reconcileArguments(
  request: ReconcileRequest,
  ttlSeconds: number,
  maxMessages: number,
  makes: boolean,
): Arguments {
  const { session, owner, base, sent = null, exchanges, running, watch } = request
  const { userId, createdAt, lastActivity } = session
  const head = [ttlSeconds, userId ?? '', createdAt, lastActivity, owner, maxMessages, ...watchArguments(watch)]
  const { startedAt = '', contributors = [], text = '', bookmark = null } = running ?? {}
  const slot = [
    startedAt,
    contributors.join(','),
    text,
    bookmark?.responseId ?? '',
    bookmark?.sequence ?? '',
    LOST,
    makes ? 1 : '',
  ]
  return [...head, base.seq, stateArgument(base), stateArgument(sent), ...slot, ...exchanges.flatMap(exchangeArguments)]
}

function exchangeArguments({ question, answer }: Exchange): Arguments {
  const asked = question === null ? ['', '', ''] : [question.id, ...encodeAroundSeq(question)]
  return [...asked, answer.id, answer.attempt, ...encodeAroundSeq(answer)]
}

export function appendArguments(keys: Keys, items: readonly AppendItem[]): Arguments {
  const texts: (string | number)[] = [items.length]
  const firsts: (string | number)[] = []
  const bookmarks: (string | number)[] = []
  items.forEach(({ sessionId, epoch, messageId, storedBytes, text, bookmark }, i) => {
    texts.push(keys.text(sessionId, epoch), storedBytes + 1, text)
    if (messageId !== null) firsts.push(i + 1, keys.answer(sessionId), messageId)
    if (bookmark !== null) bookmarks.push(i + 1, keys.answer(sessionId), bookmark.responseId, bookmark.sequence)
  })
  texts.push(firsts.length / 3)
  return firsts.length + bookmarks.length === 0 ? texts : texts.concat(firsts, bookmarks)
}

export function keepArguments(
  keys: Keys,
  answers: readonly { sessionId: string; epoch: number }[],
  ttlSeconds: number,
): Arguments {
  const parts = answers.flatMap(({ sessionId, epoch }) => {
    const [session, ids, answer, watchers] = keys.ofSession(sessionId)
    return [session, ids, answer, watchers, keys.text(sessionId, epoch)]
  })
  return [ttlSeconds, ...parts]
}
