import type { Finished, StoredSession } from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { laterOf } from '../../session/merge.ts'
import { weightOf, weightOfAll, weightOfSession } from '../../session/weight.ts'
import { newestThatFit } from './newest.ts'

/** A replica's copy of a session in RAM (S5): what the store held under `session.version`. */
export interface SessionCopy {
  readonly session: StoredSession
  /** A contiguous tail of the session, oldest first, as stored. */
  readonly messages: readonly Message[]
  /** Bytes of memory that it takes, roughly. Kept, so that a long session is not weighed anew with each message that is added. */
  readonly weight: number
}

export function copyOf(session: StoredSession, messages: readonly Message[]): SessionCopy {
  return { session, messages, weight: weightOfSession(session, messages) }
}

/** Whether the copy makes reading the store needless: it has every message that the session still holds above `after`, or more than one reply carries. */
export function reaches(copy: SessionCopy, after: number): boolean {
  const { firstSeq, lastSeq } = copy.session
  const oldest = copy.messages[0]?.seq ?? lastSeq + 1
  const wanted = after > lastSeq ? firstSeq : Math.max(firstSeq, after + 1)
  return oldest <= wanted || newestThatFit(copy.messages, copy.weight) !== copy.messages
}

/** Whether the copy has the newest `count` messages, or all that there are. */
export function hasNewest({ session, messages }: SessionCopy, count: number): boolean {
  return messages.length >= Math.min(count, session.lastSeq - session.firstSeq + 1)
}

/** The copy after a message and its answer were stored: `before` is what was current until then. */
export function withAdded(session: StoredSession, before: SessionCopy, added: readonly Message[]): SessionCopy {
  const messages = [...before.messages, ...added]
  const weight = before.weight + weightOfAll(added)
  const surplus = messages.findIndex((message) => message.seq >= session.firstSeq)
  if (surplus <= 0) return { session, messages, weight }
  const dropped = messages.splice(0, surplus)
  return { session, messages, weight: weight - weightOfAll(dropped) }
}

/** Of a copy that no store has held so. Its last version would not do: a Redis that has lost data gives that again. */
const NO_VERSION = -1

/** The copy with what is known to be stored beside what it lacks. It is never taken for current; it is what there is while the store is away (G1). */
export function withHeard(copy: SessionCopy, heard: Message): SessionCopy {
  const message = heard.status === 'streaming' ? { ...heard, content: '' } : heard
  const at = copy.messages.findIndex(({ id }) => id === message.id)
  const known = copy.messages[at]
  const session = { ...copy.session, version: NO_VERSION }
  // Under another number it is of what came after a loss of data: the copy stays as one state was.
  if (message.seq !== (known?.seq ?? session.lastSeq + 1)) return { ...copy, session }
  if (known !== undefined) return withReplaced({ ...copy, session }, at, known, laterOf(known, message))
  return withAdded({ ...session, lastSeq: message.seq }, copy, [message])
}

/**
 * The copy after the answer that ran under `epoch` has ended. Where it is not of the version just before, or the store's version is
 * beyond the end, it lacks what others have written meanwhile.
 */
export function withEnd(
  copy: SessionCopy,
  answer: Message,
  epoch: number,
  { version, lastActivity }: Finished,
): SessionCopy {
  const begun = copy.messages.at(-1)
  if (copy.session.version !== epoch || version !== epoch + 1 || begun?.id !== answer.id) return withHeard(copy, answer)
  const session = { ...copy.session, version, lastActivity }
  return withReplaced({ ...copy, session }, copy.messages.length - 1, begun, answer)
}

function withReplaced({ session, messages, weight }: SessionCopy, at: number, old: Message, by: Message): SessionCopy {
  return { session, messages: messages.with(at, by), weight: weight - weightOf(old) + weightOf(by) }
}
