/** What the scripts reply, as ioredis gives it, and what it means to the port. */
import {
  type Repeated,
  type RunningAnswer,
  type Snapshot,
  type Started,
  type StoredSession,
  StoreFault,
} from '../../ports/session-store.ts'
import type { Message } from '../../protocol/message.ts'
import { decodeMessage } from '../message-json.ts'

export type SessionFields = [
  createdAt: string,
  userId: string,
  lastActivity: string,
  seq: string,
  firstSeq: string,
  version: string,
]
export type Slot = [
  id: string,
  seq: string,
  attempt: string,
  owner: string,
  epoch: string,
  startedAt: string,
  contributors: string,
  takeovers: string,
  responseId: string | null,
  sequence: string | null,
  text: string | null,
]
export type Messages = (string | null)[]

export type OpenReply = [SessionFields, Messages | null, Slot | null] | null
export type ReadReply = [SessionFields, Messages, Slot | null, ttlMs: number] | null
export type StartedReply = [
  'started',
  SessionFields,
  epoch: number,
  seq: number,
  watchers: string[],
  context: Messages | null,
  lost?: string | null,
]
export type RepeatedReply = ['repeated', message: string | null, answer: string | null, Slot | null, SessionFields]
export type BeginReply = StartedReply | RepeatedReply | ['busy', Slot] | ['missing'] | ['taken']
export type SentReply = RepeatedReply | ['missing'] | ['unknown']
export type RegenerateReply = StartedReply | ['busy', Slot] | ['conflict'] | ['missing']
export type FinishReply = [SessionFields, watchers: string[]] | null
export type ClearReply = [SessionFields, watchers: string[]]
export type ClaimReply = [SessionFields, Slot, message: string | null, watchers: string[]] | null
export type RestartReply = [epoch: number, watchers: string[]] | null
export type ReconcileReply =
  | ['reconciled', SessionFields, Messages, Slot | null, watchers: string[]]
  | ['busy', Slot]
  | ['behind', lastSeq: number]
  | ['gone']
export type Kept = [watchers: string[], userId: string, lastActivity: string] | null
/** -1: its keys are at another node. */
export type KeepReply = (Kept | -1)[]

const IN_REDIS = { backend: 'redis', persisted: true } as const

export function sessionOf(id: string, fields: SessionFields, ttlSeconds: number): StoredSession {
  const [createdAt, userId, lastActivity, seq, firstSeq, version] = fields
  return {
    id,
    userId: userId === '' ? null : userId,
    createdAt,
    lastActivity,
    lastSeq: Number(seq),
    firstSeq: Number(firstSeq),
    ttlSeconds,
    version: Number(version),
  }
}

/** Of messages, oldest first, those that can be read: one that is spoilt, or claims a place behind its successor's, takes no other with it. */
export function messagesOf(messages: Messages): readonly Message[] {
  const newestFirst: Message[] = []
  let nextSeq = Number.POSITIVE_INFINITY
  for (const json of messages.toReversed()) {
    const message = json === null ? null : decodeMessage(json)
    if (message === null || message.seq >= nextSeq) continue
    nextSeq = message.seq
    newestFirst.push(message)
  }
  return newestFirst.reverse()
}

/** Throws `StoreFault` where it cannot be read. */
function messageOf(json: string | null): Message {
  const message = json === null ? null : decodeMessage(json)
  if (message === null) throw new StoreFault('Redis holds a message that is none')
  return message
}

export function runningOf(slot: Slot): RunningAnswer {
  const [messageId, seq, attempt, owner, epoch, startedAt, contributors, takeovers, responseId, sequence, text] = slot
  return {
    messageId,
    seq: Number(seq),
    attempt: Number(attempt),
    owner,
    epoch: Number(epoch),
    startedAt: Number(startedAt),
    contributors: contributors === '' ? [] : contributors.split(','),
    takeovers: Number(takeovers),
    bookmark: responseId === null ? null : { responseId, sequence: Number(sequence) },
    text: text ?? '',
    ...(text === null ? { isTextLost: true } : {}),
  }
}

/** The message of a claimed answer; where what is stored of it cannot be read, as it was when it began. */
export function claimedOf(json: string | null, { messageId, seq, attempt }: RunningAnswer, createdAt: string): Message {
  const message = json === null ? null : decodeMessage(json)
  if (message !== null) return message
  return { id: messageId, seq, role: 'assistant', content: '', status: 'streaming', attempt, createdAt, metadata: {} }
}

export function snapshotOf(session: StoredSession, messages: Messages | null, slot: Slot | null): Snapshot {
  const running = slot && runningOf(slot)
  if (messages === null) return { session, messages, running }
  // A streaming one that is neither in the slot nor the newest, which a takeover would end, is spoilt: it would be waited for in vain.
  const isSound = ({ id, status }: Message, i: number, { length }: readonly Message[]) =>
    status !== 'streaming' || id === running?.messageId || i === length - 1
  return { session, messages: messagesOf(messages).filter(isSound), running }
}

export function startedOf(id: string, reply: StartedReply, ttlSeconds: number): Started {
  const [kind, fields, epoch, seq, watchers, context, lost = null] = reply
  return {
    kind,
    session: sessionOf(id, fields, ttlSeconds),
    epoch,
    seq,
    watchers,
    context: context && messagesOf(context),
    lost: lost === null ? null : decodeMessage(lost),
    ...IN_REDIS,
  }
}

export function repeatedOf([kind, message, answer, slot]: RepeatedReply): Repeated {
  const stored = messageOf(answer)
  return {
    kind,
    message: messageOf(message),
    answer: slot === null ? stored : { ...stored, content: runningOf(slot).text },
    ...IN_REDIS,
  }
}
