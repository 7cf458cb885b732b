import { randomUUID } from 'node:crypto'
import type { Caller, ConversationApi, EndedAnswer } from '../conversation/api.ts'
import { checkContent } from '../conversation/guards.ts'
import { BatonError, ERROR_CODES, type ErrorBody, type ErrorCode } from '../protocol/errors.ts'
import type { Sent } from '../protocol/events.ts'
import type { Message, Metadata } from '../protocol/message.ts'

/** What an answer ended with: counted, and logged, where it did. */
export class AnswerError extends BatonError {}

export interface Question {
  readonly sessionId: string
  readonly text: string
  /** What the route calls the text, for errors that name it. */
  readonly field: string
  readonly id?: string | undefined
  readonly metadata?: Metadata | undefined
}

/** What a question, or its answer, may end with beside what any call may. */
export const QUESTION_ERRORS: readonly ErrorCode[] = [
  'session_not_found',
  'answer_in_progress',
  'too_large',
  'rate_limited',
  'quota_exceeded',
  'llm_failed',
  'interrupted',
]

/** Refuses what is wrong with the question itself, as `send` does. */
export function checkQuestion({ text, field }: Pick<Question, 'text' | 'field'>, maxBytes: number): void {
  try {
    checkContent(text, maxBytes)
  } catch (thrown) {
    throw renamed(thrown, field)
  }
}

/** Sends a user's message, with an id made here where the caller gave none. */
export async function send(api: ConversationApi, caller: Caller, question: Question): Promise<Sent> {
  const { sessionId, text, field, id = randomUUID(), metadata } = question
  try {
    return await api.send(caller, { sessionId, id, content: text, metadata })
  } catch (thrown) {
    throw renamed(thrown, field)
  }
}

/** The final answer; rejects with its error where it ended as one (F4, F6). */
export async function finalAnswer(
  api: ConversationApi,
  caller: Caller,
  sent: Sent,
  sessionId: string,
  signal: AbortSignal,
): Promise<EndedAnswer> {
  const { answer, persisted, backend } = sent
  const isFinal = answer.status !== 'streaming'
  const ended = isFinal
    ? { message: answer, persisted, backend }
    : await api.answerOf(caller, sessionId, answer.id, signal)
  if (ended.message.status === 'error') throw errorOf(ended.message)
  return ended
}

/** Use cases speak of `content`; a route's caller knows it by another name. */
function renamed(thrown: unknown, field: string): unknown {
  if (!(thrown instanceof BatonError) || !thrown.message.startsWith('content')) return thrown
  const { code, message, retryable } = thrown
  return new BatonError(code, field + message.slice('content'.length), { retryable, cause: thrown })
}

function errorOf(answer: Message): AnswerError {
  const told = answer.metadata.error as { [field in keyof ErrorBody]?: unknown } | undefined
  const code: ErrorCode = ERROR_CODES.find((known) => known === told?.code) ?? 'llm_failed'
  const message = typeof told?.message === 'string' ? told.message : 'the model gave no answer'
  return new AnswerError(code, message, {
    ...(typeof told?.retryable === 'boolean' && { retryable: told.retryable }),
    ...(typeof told?.retryAfterMs === 'number' && { retryAfterMs: told.retryAfterMs }),
  })
}
