import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type {
  AppendItem,
  BeginRequest,
  Draft,
  SessionStore,
  Snapshot,
  Started,
} from '../../../src/ports/session-store.ts'
import type { Message } from '../../../src/protocol/message.ts'

export const R1 = 'r1.4f2a9c'
export const R2 = 'r2.77aa01'
export const R3 = 'r3.0b0b0b'

/** Scripts, combined characters and right-to-left text whose lengths differ in bytes, UTF-16 units and characters. */
export const SCRIPTS = ['Grüße, ', '👩‍👩‍👧‍👦', ' 漢字かな', ' العربية', ' 🇩🇪é', ' \u0000\r\n"\\', ' end']

let minute = 0
/** ISO 8601 times that rise from call to call. */
export const nextTime = () => new Date(Date.parse('2026-01-01T00:00:00Z') + 60_000 * minute++).toISOString()

export function draft(role: 'user' | 'assistant', content = '', more: Partial<Draft> = {}): Draft {
  const status = role === 'user' ? 'complete' : 'streaming'
  return { id: randomUUID(), role, content, status, attempt: 1, createdAt: nextTime(), metadata: {}, ...more }
}

export async function newSession(store: SessionStore, userId: string | null = null, watcher: string | null = null) {
  const id = randomUUID()
  return store.create({ id, userId, createdAt: nextTime() }, watcher === null ? null : { watcher, id: 1 })
}

export function beginRequest(sessionId: string, more: Partial<BeginRequest> = {}): BeginRequest {
  return {
    sessionId,
    userId: null,
    message: draft('user', 'hello'),
    answer: draft('assistant'),
    owner: R1,
    known: null,
    contextSize: 20,
    ...more,
  }
}

/** A session's newly started answer. */
export async function start(store: SessionStore, sessionId: string, more: Partial<BeginRequest> = {}) {
  const request = beginRequest(sessionId, more)
  const started = await store.begin(request)
  if (started.kind !== 'started') return expect.fail(`begin gave ${started.kind}`)
  const answer: Message = { ...request.answer, seq: started.seq }
  return { request, started, answer, epoch: started.epoch }
}

export function final(answer: Message, content: string, more: Partial<Message> = {}): Message {
  return { ...answer, content, status: 'complete', metadata: { finish_reason: 'stop' }, ...more }
}

/** One message and its whole answer. */
export async function exchange(
  store: SessionStore,
  sessionId: string,
  content = 'an answer',
  more: Partial<BeginRequest> = {},
) {
  const begun = await start(store, sessionId, more)
  const message = final(begun.answer, content)
  const finished = await store.finish({ sessionId, epoch: begun.epoch, message, at: nextTime() })
  if (finished.kind !== 'finished') return expect.fail(`finish gave ${finished.kind}`)
  return { ...begun, message, finished: { ...finished, lastSeq: message.seq } }
}

export function item(
  sessionId: string,
  epoch: number,
  storedBytes: number,
  text: string,
  more: Partial<AppendItem> = {},
): AppendItem {
  return { sessionId, epoch, messageId: null, storedBytes, text, bookmark: null, ...more }
}

export async function read(store: SessionStore, sessionId: string): Promise<Snapshot> {
  return (await store.read({ sessionId, after: 0 })) ?? expect.fail('no such session')
}

export const seqs = (messages: readonly Message[] | null) => messages?.map((message) => message.seq)
export const contents = (messages: readonly Message[] | null) => messages?.map((message) => message.content)
export const isStarted = (result: { kind: string }): result is Started => result.kind === 'started'
