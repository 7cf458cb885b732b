import type { RunningAnswer, Snapshot } from '../../ports/session-store.ts'
import type { Exchange } from '../../ports/shared-store.ts'
import { interruptedUnknown } from '../../session/interruptions.ts'

interface Brought {
  readonly exchanges: readonly Exchange[]
  /** The slot of the last answer, where this replica produces it. */
  readonly running: RunningAnswer | null
  /** Another replica produces one of them, as far as is known here. */
  readonly runsElsewhere: boolean
}

/** Questions with their answers from `seq` on; one that streams is only this replica's to bring where this replica produces it. */
export function exchangesFrom(seq: number, { messages, running }: Snapshot): Brought {
  const known = (messages ?? []).filter((message) => message.seq >= seq)
  const exchanges = known.flatMap((answer, i): Exchange[] => {
    if (answer.role !== 'assistant') return []
    const before = known[i - 1]
    const question = before?.role === 'user' ? before : null
    if (answer.status !== 'streaming') return [{ question, answer }]
    if (running?.messageId === answer.id) return [{ question, answer: { ...answer, attempt: running.attempt } }]
    if (question === null) return []
    const metadata = { ...answer.metadata, ...interruptedUnknown('gone') }
    return [{ question, answer: { ...answer, status: 'error', metadata } }]
  })
  const runsElsewhere = known.some(({ id, status }) => status === 'streaming' && id !== running?.messageId)
  const runs = running !== null && running.messageId === exchanges.at(-1)?.answer.id
  return { exchanges, running: runs ? running : null, runsElsewhere }
}
