import type { UIMessageChunk } from 'ai'
import type { BatonClient, ClientState, Message } from '../client/index.ts'
import { failureOf, finishReasonOf, metadataOf, sourcesOf } from './ui-message.ts'

/**
 * Follows one answer and tells it in chunks, from its start: `start`, `start-step`, `text-start`, `text-delta` …, `text-end`,
 * sources, `finish-step`, `finish`. Where its text starts again from nothing (a higher `attempt`), `reset-step` takes back what was
 * told and another `text-start` follows. One that fails ends with `error`; one that was stopped with `abort` and `finish`.
 */
export class AnswerChunks {
  #attempt = 0
  #told = 0

  /** What is new in this view of the answer; views come in the order in which they were true. */
  next(answer: Message): UIMessageChunk[] {
    const chunks: UIMessageChunk[] = []
    const id = `${answer.id}:${answer.attempt}`
    if (this.#attempt === 0) {
      chunks.push({ type: 'start', messageId: answer.id, messageMetadata: metadataOf(answer) }, { type: 'start-step' })
    }
    if (answer.attempt !== this.#attempt) {
      if (this.#attempt !== 0) chunks.push({ type: 'reset-step' })
      chunks.push({ type: 'text-start', id })
      this.#attempt = answer.attempt
      this.#told = 0
    }
    if (answer.content.length > this.#told) {
      chunks.push({ type: 'text-delta', id, delta: answer.content.slice(this.#told) })
      this.#told = answer.content.length
    }
    if (answer.status !== 'streaming') chunks.push({ type: 'text-end', id }, ...endOf(answer))
    return chunks
  }
}

function endOf(answer: Message): UIMessageChunk[] {
  const messageMetadata = metadataOf(answer)
  if (answer.status === 'error') {
    return [
      { type: 'message-metadata', messageMetadata },
      { type: 'error', errorText: failureOf(answer) },
    ]
  }
  return [
    ...sourcesOf(answer),
    { type: 'finish-step' },
    ...(answer.status === 'stopped' ? [{ type: 'abort', reason: 'stopped' } as const] : []),
    { type: 'finish', finishReason: finishReasonOf(answer), messageMetadata },
  ]
}

/**
 * The answer `answerId`, which the client holds, as a stream that outlives lost connections. Cancelling it lets the answer go on.
 * It ends early, with an `error` chunk, where the conversation is over or the client was closed or refused for good.
 */
export function streamAnswer(client: BatonClient, answerId: string): ReadableStream<UIMessageChunk> {
  let unsubscribe = () => {}
  return new ReadableStream({
    start(controller) {
      const chunks = new AnswerChunks()
      const look = (state: ClientState) => {
        const answer = state.messages.find(({ id }) => id === answerId)
        for (const chunk of answer === undefined ? [] : chunks.next(answer)) controller.enqueue(chunk)
        const isWhole = answer !== undefined && answer.status !== 'streaming'
        const lost = isWhole ? null : lossOf(state, answer)
        if (lost !== null) controller.enqueue({ type: 'error', errorText: lost })
        if (!isWhole && lost === null) return
        unsubscribe()
        controller.close()
      }
      unsubscribe = client.subscribe(look)
      look(client.state)
    },
    cancel: () => unsubscribe(),
  })
}

/** Why nothing more of an unfinished answer will come; null where something may. */
function lossOf({ connection, ended, error }: ClientState, answer: Message | undefined): string | null {
  if (ended !== null) return `the conversation has ${ended === 'expired' ? 'expired' : 'been cleared'}`
  if (connection === 'idle') return 'the client was closed'
  if (connection === 'offline' && error?.retryable === false) return error.message
  return answer === undefined ? 'another conversation was begun' : null
}
