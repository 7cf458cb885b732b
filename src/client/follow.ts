import type { Message } from '../protocol/message.ts'
import { callBack } from './call-back.ts'
import type { ClientState } from './client-state.ts'
import { ClientError } from './errors.ts'

interface Followed {
  readonly state: ClientState
  subscribe(listener: (state: ClientState) => void): () => void
}

/** `BatonClient.follow`. */
export function follow(
  client: Followed,
  messageId: string,
  onView: (message: Message) => void,
  signal: AbortSignal | undefined,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    let seen: Message | undefined
    let questionId: string | undefined
    const look = (state: ClientState) => {
      const message = state.messages.find(({ id }) => id === messageId) ?? answerTo(state, questionId)
      questionId ??= questionOf(state, message)
      if (message !== undefined && message !== seen) callBack(onView, message)
      seen = message
      if (message !== undefined && message.status !== 'streaming') settle(() => resolve(message))
      else {
        const loss = lossOf(state, message, questionId)
        if (loss !== null) settle(() => reject(loss))
      }
    }
    const giveUp = () => settle(() => reject(signal?.reason))
    const settle = (how: () => void) => {
      unsubscribe()
      signal?.removeEventListener('abort', giveUp)
      how()
    }
    const unsubscribe = client.subscribe(look)
    signal?.addEventListener('abort', giveUp)
    if (signal?.aborted) giveUp()
    else look(client.state)
  })
}

/** The message that an answer answers. */
function questionOf({ messages }: ClientState, answer: Message | undefined): string | undefined {
  return messages.find(({ seq, role }) => role === 'user' && seq + 1 === answer?.seq)?.id
}

function answerTo({ messages }: ClientState, questionId: string | undefined): Message | undefined {
  const question = messages.find(({ id }) => id === questionId)
  return messages.find(({ seq, role }) => role === 'assistant' && seq - 1 === question?.seq)
}

/** Why nothing more of an unfinished message will come; null where something may. */
function lossOf(
  { connection, ended, error, outbox }: ClientState,
  message: Message | undefined,
  questionId: string | undefined,
): ClientError | null {
  if (ended !== null) {
    return new ClientError(
      'session_not_found',
      `the conversation has ${ended === 'expired' ? 'expired' : 'been cleared'}`,
    )
  }
  if (connection === 'idle') return new ClientError('closed', 'the client was closed')
  if (connection === 'offline' && error?.retryable === false) return error
  if (message !== undefined) return null
  const question = outbox.find(({ id }) => id === questionId)
  if (question?.status === 'pending') return null // it was lost and is asked again
  return question?.error ?? new ClientError('message_not_found', 'the message is not in the conversation any more')
}
