import type { Message } from '../protocol/message.ts'
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
    const look = (state: ClientState) => {
      const message = state.messages.find(({ id }) => id === messageId)
      if (message !== undefined && message !== seen) onView(message)
      seen = message
      if (message !== undefined && message.status !== 'streaming') settle(() => resolve(message))
      else {
        const loss = lossOf(state, message)
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

/** Why nothing more of an unfinished message will come; null where something may. */
function lossOf({ connection, ended, error }: ClientState, message: Message | undefined): ClientError | null {
  if (ended !== null) {
    return new ClientError(
      'session_not_found',
      `the conversation has ${ended === 'expired' ? 'expired' : 'been cleared'}`,
    )
  }
  if (connection === 'idle') return new ClientError('closed', 'the client was closed')
  if (connection === 'offline' && error?.retryable === false) return error
  return message === undefined ? new ClientError('message_not_found', 'another conversation was begun') : null
}
