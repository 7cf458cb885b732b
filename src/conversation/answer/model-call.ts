import { type Clock, delay } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Meter } from '../../ports/meter.ts'
import { FORSAKEN, type Model, type ModelEnd, ModelError, type TokenSink } from '../../ports/model.ts'
import { TextGate } from '../../session/text-gate.ts'
import type { ActivityLine } from './activity-line.ts'
import type { AnswerWriter } from './answer-writer.ts'
import { backoffMs, MAX_RETRY_AFTER_MS } from './backoff.ts'
import type { OwnedAnswer } from './owned-answer.ts'
import type { Prompt } from './prompt.ts'

export interface ModelCallOptions {
  /** `LLM_RETRIES`: how often a model that failed is asked again. */
  readonly retries: number
  /** `MAX_ANSWER_BYTES`. */
  readonly maxAnswerBytes: number
  /** `LLM_REASONING`: what becomes of what the model thinks. */
  readonly reasoning: 'hide' | 'show' | 'store'
  readonly model: Model
  readonly writer: AnswerWriter
  readonly clock: Clock
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
}

/** UTF-16 units of what the model thinks that are kept. */
const MAX_REASONING = 64 * 1024

/** An answer that is to be got from the model. */
export interface Task {
  readonly answer: OwnedAnswer
  readonly prompt: Prompt
  readonly activity: ActivityLine
  /** Its abort ends the provider's work. */
  readonly abort: AbortController
  /** Empties the answer for another attempt. */
  restart(): Promise<void>
}

/** The reason to end the provider's work on an answer that has reached `MAX_ANSWER_BYTES`. */
class Full extends Error {
  override readonly name = 'Full'
}

const CUT_SHORT: ModelEnd = { finishReason: 'length' }

/** Gets an answer's text out of the model and into the writer. */
export class ModelCall {
  readonly #options: ModelCallOptions

  constructor(options: ModelCallOptions) {
    this.#options = options
  }

  /** Whether an answer can be gone on with from where it stands (F3). */
  canResume(answer: OwnedAnswer): boolean {
    return answer.text === '' || this.#options.model.resumes !== 'none'
  }

  /** How it resumes: with nothing of it written, or known to the provider, there is nothing to continue. */
  wayOf({ text, bookmark }: OwnedAnswer): 'reattach' | 'continue' | 'restart' {
    const { resumes } = this.#options.model
    if (resumes === 'reattach' && bookmark !== null) return 'reattach'
    return text === '' || resumes === 'restart' ? 'restart' : 'continue'
  }

  /**
   * Asks until the answer is whole, at most `retries` times again (F6), going on from the text that is there; where that
   * means to start again from nothing, after `restart` has emptied it. A prompt that the model calls too long is shortened,
   * which is no retry (S7). An answer that has reached `MAX_ANSWER_BYTES` is whole: `abort` then ends the provider's work (X6).
   * Rejects with the last `ModelError`, or the signal's reason.
   */
  async ask(task: Task): Promise<ModelEnd> {
    const { model, clock, random, meter, log } = this.#options
    const { answer, prompt, activity } = task
    const { signal } = task.abort
    for (let tries = 0; ; ) {
      try {
        signal.throwIfAborted()
        if (this.#isFull(answer)) return this.#endFull(answer)
        if (answer.text !== '' && model.resumes === 'restart') await task.restart()
        return await this.#request(task)
      } catch (error) {
        if (signal.reason instanceof Full) return CUT_SHORT
        if (signal.aborted || !(error instanceof ModelError)) throw error
        const fields = { err: error, session: answer.sessionId, message: answer.message.id }
        if (error.contextTooLong && this.canResume(answer)) {
          if (!prompt.shorten()) throw tooLong(error)
          log.info(fields, 'the model calls the context too long, asking again with less of it')
          continue
        }
        if (!this.#mayAskAgain(answer, error, tries)) throw error
        const waitMs = backoffMs(tries, error.retryAfterMs, random)
        log.warn({ ...fields, tries, waitMs }, 'model failed, asking again')
        activity.tell('retrying')
        await delay(clock, waitMs, signal)
        meter.modelRetries(1)
        answer.trace.retried(error)
        tries++
      }
    }
  }

  /** What the model's last stream held back and nothing will complete (D2), as far as the answer has room. */
  rest(answer: OwnedAnswer): string {
    return headOf(answer.gate.end(), Math.max(0, this.#options.maxAnswerBytes - answer.bytes))
  }

  /** What the model thought, as far as it is kept; empty where it is not. */
  reasoningOf(answer: OwnedAnswer): string {
    return answer.reasoning.slice(0, MAX_REASONING).toWellFormed()
  }

  #mayAskAgain(answer: OwnedAnswer, error: ModelError, tries: number): boolean {
    const isSoon = (error.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS
    return error.retryable && isSoon && tries < this.#options.retries && this.canResume(answer)
  }

  async #request(task: Task): Promise<ModelEnd> {
    const { model } = this.#options
    const { answer, prompt, abort } = task
    const { sessionId, userId, message, text, bookmark, spent } = answer
    spent.begin(prompt.tokens, model.resumes === 'reattach' && bookmark !== null && bookmark.sequence !== FORSAKEN)
    if (text === '' && bookmark === null) answer.reasoning = ''
    const request = {
      turns: prompt.turns,
      sessionId,
      messageId: message.id,
      userId,
      ...(text !== '' || bookmark !== null ? { resume: { text, bookmark } } : {}),
    }
    try {
      const end = await model.generate(request, this.#sinkOf(task), abort.signal)
      spent.end()
      return end
    } catch (error) {
      if (abort.signal.aborted) spent.cut()
      throw error
    }
  }

  #sinkOf({ answer, prompt, activity, abort }: Task): TokenSink {
    const { writer, meter, maxAnswerBytes, reasoning } = this.#options
    const { spent } = answer
    let isFull = false
    answer.gate = new TextGate()
    return {
      text: (piece) => {
        meter.tokens(1)
        const text = answer.gate.push(piece)
        if (text === '' || isFull || !answer.isOpen) return
        activity.clear()
        const bytes = Buffer.byteLength(text)
        spent.output(bytes)
        if (answer.bytes + bytes <= maxAnswerBytes) {
          answer.bytes += bytes
          return writer.add(answer, text)
        }
        isFull = true
        writer.add(answer, headOf(text, maxAnswerBytes - answer.bytes))
        answer.bytes = maxAnswerBytes
        abort.abort(new Full())
      },
      reasoning: (piece) => {
        spent.output(Buffer.byteLength(piece))
        if (reasoning === 'store' && answer.reasoning.length < MAX_REASONING) answer.reasoning += piece
        activity.tell('thinking', reasoning === 'show' ? piece : '')
      },
      usage: (usage) => spent.tell(usage),
      bookmark: (bookmark) => {
        if (bookmark.sequence === FORSAKEN) spent.begin(prompt.tokens, false) // another request follows
        if (!answer.gate.isEmpty) return // not all text up to there is the answer's yet
        const isFirst = answer.bookmark?.responseId !== bookmark.responseId
        answer.bookmark = bookmark
        // Stored at once: from then on every owner goes on with this one response (F3).
        if (isFirst && answer.isOpen) void writer.add(answer, '')
      },
    }
  }

  #isFull(answer: OwnedAnswer): boolean {
    return answer.bytes >= this.#options.maxAnswerBytes
  }

  /** Its owner before this one filled it, and could not end it. */
  #endFull(answer: OwnedAnswer): ModelEnd {
    if (answer.bookmark !== null) this.#options.model.cancel(answer.bookmark)
    return CUT_SHORT
  }
}

function tooLong(cause: ModelError): ModelError {
  const message = 'this is more than the model can take, even without the conversation before it'
  return new ModelError(message, { retryable: false, cause })
}

/** The beginning of `text` that takes at most so many bytes of UTF-8; no surrogate pair is split. */
function headOf(text: string, maxBytes: number): string {
  // Nearly always, at the end of each answer: room for the whole allowance, 1 MiB, would be made and thrown away for nothing.
  if (Buffer.byteLength(text) <= maxBytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
