import { type Clock, delay } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Meter } from '../ports/meter.ts'
import { type ModelEnd, ModelError, type TokenSink, type TokenSource, type Turn } from '../ports/token-source.ts'
import { TextGate } from '../session/text-gate.ts'
import type { AnswerWriter } from './answer-writer.ts'
import { backoffMs } from './backoff.ts'
import type { OwnedAnswer } from './owned-answer.ts'

export interface AskingOptions {
  /** `LLM_RETRIES`: how often a model that failed is asked again. */
  readonly retries: number
  readonly source: TokenSource
  readonly writer: AnswerWriter
  readonly clock: Clock
  readonly random: () => number
  readonly meter: Meter
  readonly log: Log
}

/** Gets an answer's text out of the model and into the writer. */
export class Asking {
  readonly #options: AskingOptions

  constructor(options: AskingOptions) {
    this.#options = options
  }

  /** Whether an answer can be gone on with from where it stands (F3). */
  canGoOn(answer: OwnedAnswer): boolean {
    return answer.text === '' || this.#options.source.resumes !== 'none'
  }

  /**
   * Asks until the answer is whole, at most `retries` times again (F6), going on from the text that is there; where that
   * means to start again from nothing, after `restart` has emptied it. Rejects with the last `ModelError`, or the signal's reason.
   */
  async ask(
    answer: OwnedAnswer,
    turns: readonly Turn[],
    signal: AbortSignal,
    restart: () => Promise<void>,
  ): Promise<ModelEnd> {
    const { source, retries, clock, random, log } = this.#options
    for (let tries = 0; ; tries++) {
      try {
        signal.throwIfAborted()
        if (answer.text !== '' && source.resumes === 'restart') await restart()
        const text = answer.text
        const resume = text === '' && answer.bookmark === null ? {} : { resume: { text, bookmark: answer.bookmark } }
        const { sessionId, message } = answer
        const request = { turns, sessionId, messageId: message.id, userId: null, ...resume }
        return await source.generate(request, this.#sinkOf(answer), signal)
      } catch (error) {
        const again = error instanceof ModelError && error.retryable && tries < retries && this.canGoOn(answer)
        if (signal.aborted || !again) throw error
        const waitMs = backoffMs(tries, error.retryAfterMs, random)
        log.warn(
          { err: error, session: answer.sessionId, message: answer.message.id, tries, waitMs },
          'model failed, asking again',
        )
        await delay(clock, waitMs, signal)
      }
    }
  }

  #sinkOf(answer: OwnedAnswer): TokenSink {
    const { writer, meter } = this.#options
    answer.gate = new TextGate()
    return {
      text: (piece) => {
        meter.tokens(1)
        const text = answer.gate.push(piece)
        if (text !== '' && answer.isOpen) return writer.add(answer, text)
      },
      usage: (usage) => {
        answer.usage = usage
      },
      bookmark: (bookmark) => {
        if (!answer.gate.isEmpty) return // not all text up to there is the answer's yet
        const isFirst = answer.bookmark === null
        answer.bookmark = bookmark
        // Stored at once: from then on the provider is asked only once for this answer, whoever goes on with it (F3).
        if (isFirst && answer.isOpen) void writer.add(answer, '')
      },
    }
  }
}
