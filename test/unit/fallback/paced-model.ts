import type { Clock } from '../../../src/ports/clock.ts'
import type { Model, ModelEnd, ModelRequest, TokenSink } from '../../../src/ports/model.ts'

/** A model whose answer to a question says the same words, one each `everyMs`; it goes on with an answer where that stopped. */
export class PacedModel implements Model {
  readonly resumes: Model['resumes']
  everyMs = 20
  words = 20
  /** What continues an answer says other words than what began it would have. */
  diverges = false
  readonly #clock: Clock

  constructor(clock: Clock, resumes: Model['resumes']) {
    this.#clock = clock
    this.resumes = resumes
  }

  answerTo(question: string): string {
    return Array.from({ length: this.words }, (_, i) => `${question}-${i}`).join(' ')
  }

  async generate({ turns, resume }: ModelRequest, sink: TokenSink, signal: AbortSignal): Promise<ModelEnd> {
    const question = turns.at(-1)?.content.split('\n\n').at(-1) ?? '' // behind those that got no answer (S7)
    const text = this.answerTo(question)
    const rest = text.slice(resume?.text.length ?? 0)
    const words = (resume !== undefined && this.diverges ? rest.toUpperCase() : rest).split(/(?<= )/)
    for (const word of words) {
      await new Promise<void>((resolve, reject) => {
        const timer = this.#clock.after(this.everyMs, resolve)
        const abort = () => {
          timer.cancel()
          reject(signal.reason)
        }
        signal.addEventListener('abort', abort, { once: true })
        if (signal.aborted) abort()
      })
      await sink.text(word)
    }
    return { finishReason: 'stop' }
  }

  cancel(): void {}

  async close(): Promise<void> {}
}
