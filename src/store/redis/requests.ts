/** What the scripts are given as ARGV, in the order that their heads name. */
import type { AppendItem, BeginRequest, RegenerateRequest, Watch } from '../../ports/session-store.ts'
import { encodeAroundSeq, encodeMessage } from '../message-json.ts'
import { answerKey, keysOf, textKey } from './keys.ts'
import type { Arguments } from './scripts.ts'

export function beginArguments(request: BeginRequest, ttlSeconds: number, maxMessages: number): Arguments {
  const { userId, message, answer, owner, knownVersion, contextSize } = request
  const at = answer.createdAt
  const head = [ttlSeconds, userId ?? '', message.id, ...encodeAroundSeq(message)]
  const claim = [answer.id, ...encodeAroundSeq(answer), answer.attempt, owner]
  return [...head, ...claim, knownVersion ?? '', contextSize, maxMessages, at, Date.parse(at)]
}

export function watchArguments(watch: Watch | null): readonly [watcher: string, id: number] {
  return watch === null ? ['', 0] : [watch.watcher, watch.id]
}

export function regenerateArguments({ answer, owner, version }: RegenerateRequest, ttlSeconds: number): Arguments {
  const { id, seq, attempt, createdAt } = answer
  return [ttlSeconds, id, seq, attempt, encodeMessage(answer), owner, version, createdAt, Date.parse(createdAt)]
}

export function appendArguments(items: readonly AppendItem[]): Arguments {
  const texts: (string | number)[] = [items.length]
  const bookmarks: (string | number)[] = []
  items.forEach(({ sessionId, epoch, storedBytes, text, bookmark }, i) => {
    texts.push(textKey(sessionId, epoch), storedBytes + 1, text)
    if (bookmark !== null) bookmarks.push(i + 1, answerKey(sessionId), bookmark.responseId, bookmark.sequence)
  })
  return bookmarks.length === 0 ? texts : texts.concat(bookmarks)
}

export function keepArguments(answers: readonly { sessionId: string; epoch: number }[], ttlSeconds: number): Arguments {
  const keys = answers.flatMap(({ sessionId, epoch }) => {
    const [session, ids, answer, watchers] = keysOf(sessionId)
    return [session, ids, answer, watchers, textKey(sessionId, epoch)]
  })
  return [ttlSeconds, ...keys]
}
