import type { Message } from '../../../src/protocol/message.ts'
import { lackOf } from '../../support/final-metadata.ts'
import { robbedSessions } from './exposed.ts'
import type { Entry, History } from './history.ts'
import { concerns, diffOf, excerptOf, outline, sessionOf, type Violation, violation } from './violation.ts'

/** Entries of one kind. */
type Of<K extends Entry['kind']> = Extract<Entry, { kind: K }>

/** [M1] [M2] What was acknowledged is there, once, under the seq that was told. */
export function checkAcknowledgements({ entries, stored }: History, exposed: ReadonlySet<string>): Violation[] {
  const robbed = robbedSessions(entries)
  const acknowledged = entries.filter((entry): entry is Of<'acknowledged'> => entry.kind === 'acknowledged')
  return acknowledged.flatMap((entry) => {
    const { message, sessionId, persisted, answer } = entry
    if (robbed.has(sessionId) || (!persisted && exposed.has(sessionId))) return []
    const messages = stored.get(sessionId)?.messages ?? []
    const kept = messages.filter(({ id }) => id === message.id)
    const excerpt = () => excerptOf(entries, entry, (e) => concerns(e, message.id))
    const [only, ...more] = kept
    if (only === undefined) return [violation('[M1] an acknowledged message is lost', message.id, excerpt())]
    if (more.length > 0) return [violation('[M2] a message stands there twice', message.id, excerpt())]
    if (only.content !== message.content)
      return [violation('[M1] an acknowledged message was changed', diffOf(message.content, only.content), excerpt())]
    if (persisted && only.seq !== message.seq)
      return [violation('[M] an acknowledged seq has changed', `${message.seq} became ${only.seq}`, excerpt())]
    const answers = messages.filter(({ id }) => id === answer.id).length
    if (answers === 1 || (!persisted && isAnsweredOtherwise(message, answer, messages))) return []
    return [violation('[M2] an acknowledged answer', `stands there ${answers} times`, excerpt())]
  })
}

/**
 * Whether the message has another answer: it was sent to a replica that was cut off as well as to one that was not, and
 * what Redis holds stands (G4).
 */
function isAnsweredOtherwise(message: Message, answer: Message, stored: readonly Message[]): boolean {
  const at = stored.findIndex(({ id }) => id === message.id)
  return at >= 0 && stored[at + 1]?.id !== answer.id
}

/** [M] [F4] The session as Redis has it: seq without gaps, nothing that nobody sent, every answer ended, with the right text. */
export function checkStored(sessionId: string, history: History, isExposed: boolean): Violation[] {
  const { entries, stored, answerTo, plain, limits } = history
  const { messages, owner } = stored.get(sessionId) ?? { messages: [], owner: null }
  const about = (message: Message) => excerptOf(entries, entries.at(-1), (entry) => concerns(entry, message.id))
  const found: Violation[] = []
  const seqs = messages.map(({ seq }) => seq)
  if (seqs.some((seq, i) => seq !== i + 1)) found.push(violation('[M] seq has a gap', seqs.join(' '), []))
  if (owner !== null)
    found.push(
      violation(
        '[F4] an answer that nobody ends',
        `in ${sessionId}; its owner is ${owner}`,
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
    const lack = status === 'streaming' ? null : lackOf(message)
    if (lack !== null) found.push(violation('[M4] an ended answer’s metadata lacks something', lack, about(message)))
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
