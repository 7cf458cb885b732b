import type { UIMessageChunk } from 'ai'
import { failureOf } from '../client/errors.ts'
import type { BatonClient, Message } from '../client/index.ts'
import { finishReasonOf, metadataOf, sourcesOf } from './ui-message.ts'

/**
 * Follows one answer and tells it in chunks, from its start: `start`, `start-step`, `text-start`, `text-delta` …, `text-end`,
 * sources, `finish-step`, `finish`. Where its text starts again from nothing (a higher `attempt`, or Redis holds another text), `reset-step`
 * takes back what was told, and another step with another `text-start` follows: AI SDK 6 takes nothing back, so that there only the last step
 * counts (`answerParts`). One that fails ends with `error`; one that was stopped with `abort` and `finish`.
 */
class AnswerChunks {
  /** The part of the UI message that the text is told in; empty before the first. */
  #part = ''
  #parts = 0
  #which = ''
  #told = ''

  /** What is new in this view of the answer; views come in the order in which they were true. */
  next(answer: Message): UIMessageChunk[] {
    const chunks: UIMessageChunk[] = []
    const { id, attempt, content } = answer
    const which = `${id}:${attempt}`
    if (this.#parts === 0) {
      chunks.push({ type: 'start', messageId: id, messageMetadata: metadataOf(answer) }, { type: 'start-step' })
    }
    if (which !== this.#which || !content.startsWith(this.#told)) {
      if (this.#parts > 0) chunks.push({ type: 'reset-step' }, { type: 'finish-step' }, { type: 'start-step' })
      this.#which = which
      this.#part = `${which}:${this.#parts++}`
      this.#told = ''
      chunks.push({ type: 'text-start', id: this.#part })
    }
    if (content.length > this.#told.length) {
      chunks.push({ type: 'text-delta', id: this.#part, delta: content.slice(this.#told.length) })
      this.#told = content
    }
    if (answer.status !== 'streaming') chunks.push({ type: 'text-end', id: this.#part }, ...endOf(answer))
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

/** What the model says of its reasoning (F7), in parts of their own: `reasoning-start`, `reasoning-delta` …, `reasoning-end`. */
class ReasoningChunks {
  #id: string | null = null
  #parts = 0

  next(text: string): UIMessageChunk[] {
    if (text === '') return []
    const isNew = this.#id === null
    const id = this.#id ?? `reasoning:${this.#parts++}`
    this.#id = id
    const delta = { type: 'reasoning-delta', id, delta: text } as const
    return isNew ? [{ type: 'reasoning-start', id }, delta] : [delta]
  }

  end(): UIMessageChunk[] {
    const id = this.#id
    this.#id = null
    return id === null ? [] : [{ type: 'reasoning-end', id }]
  }
}

/**
 * The answer `answerId`, which the client holds, as a stream that outlives lost connections. Cancelling it lets the answer go on.
 * It ends early, with an `error` chunk, where the conversation is over or the client was closed or refused for good.
 */
export function streamAnswer(client: BatonClient, answerId: string): ReadableStream<UIMessageChunk> {
  const cancelled = new AbortController()
  return new ReadableStream({
    start(controller) {
      const chunks = new AnswerChunks()
      const reasoning = new ReasoningChunks()
      const unobserve = client.observe(({ name, data }) => {
        if (name !== 'activity' || data.messageId !== answerId || cancelled.signal.aborted) return
        for (const chunk of reasoning.next(data.text ?? '')) controller.enqueue(chunk)
      })
      const tell = (answer: Message) => {
        const told = chunks.next(answer)
        // Once a step is taken back, no part of it may go on.
        const isReset = told.some(({ type }) => type === 'reset-step')
        const ended = isReset || answer.content !== '' || answer.status !== 'streaming' ? reasoning.end() : []
        for (const chunk of [...ended, ...told]) controller.enqueue(chunk)
      }
      client
        .follow(answerId, tell, cancelled.signal)
        .catch((error: Error) => {
          if (!cancelled.signal.aborted) controller.enqueue({ type: 'error', errorText: error.message })
        })
        .then(() => {
          unobserve()
          if (!cancelled.signal.aborted) controller.close()
        })
    },
    cancel: () => cancelled.abort(),
  })
}
