import type { Message } from '../../src/protocol/message.ts'
import { lackOf } from '../support/final-metadata.ts'
import type { History } from './history.ts'
import type { AnswerRecord, Attempt } from './records.ts'
import { answerLike } from './script.ts'

/** Whether an answer may end so: with the model's own text, for a reason that there was, and with those named who wrote it. */
export function checkEnd(history: History, record: AnswerRecord, { contributors }: Attempt, message: Message): void {
  const { content, status, metadata } = message
  const expected = answerLike(record.question, content)
  if (status === 'complete' && content !== expected)
    history.violated('D4', 'a complete answer is not what the model said', message)
  // Stopped in the middle of a surrogate pair, the half that came becomes U+FFFD.
  const shown = content.endsWith('\ufffd') ? content.slice(0, -1) : content
  if (!expected.startsWith(shown))
    history.violated('D2', 'an answer is not a beginning of what the model said', message)
  if (!content.isWellFormed()) history.violated('D2', 'an answer is not well-formed', message)
  if (status === 'stopped' && !history.stopAsked.has(record.id))
    history.violated('D7', 'nobody has stopped this answer', message)
  if (status === 'error') checkError(history, record, metadata.error as { code: string })
  const lack = lackOf(message)
  if (lack !== null) history.violated('M4', `the metadata of an ended answer lacks ${lack}`, message)
  if (JSON.stringify(metadata.replicas) !== JSON.stringify(contributors))
    history.violatedUnlessAlone('M4', `metadata.replicas is ${metadata.replicas}, text came from ${contributors}`)
}

function checkError(history: History, record: AnswerRecord, { code }: { code: string }): void {
  const { modelFailed, stopAsked } = history
  if (code === 'llm_failed' && !modelFailed.has(record.question) && !stopAsked.has(record.id))
    history.violated('F6', 'an answer has failed though the model has not', record)
  if (code === 'interrupted' && record.takeovers === 0)
    history.violatedUnlessAlone('F4', 'an answer was interrupted though nobody has taken it over', record)
}
