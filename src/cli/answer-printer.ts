import { styleText } from 'node:util'
import type { Message } from '../client/index.ts'
import { MarkdownStyle } from './markdown-style.ts'

/** Writes an answer to a terminal as it grows. What is written stays: where an answer starts again, it is written again below. */
export class AnswerPrinter {
  readonly #out: NodeJS.WriteStream
  #style: MarkdownStyle
  #attempt = 0
  #written = 0
  #atLineStart = true

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
    this.#style = this.#freshStyle()
  }

  /** Writes what this view of the answer adds to the one before. */
  print({ attempt, content }: Message): void {
    if (attempt !== this.#attempt) {
      if (this.#written > 0) {
        this.end()
        this.#out.write(`${styleText('dim', '(the answer starts again)', { stream: this.#out })}\n`)
      }
      this.#attempt = attempt
      this.#written = 0
    }
    this.#write(this.#style.push(content.slice(this.#written)))
    this.#written = content.length
  }

  /** Ends the last line. */
  end(): void {
    this.#write(this.#style.end())
    if (!this.#atLineStart) this.#write('\n')
    this.#style = this.#freshStyle()
  }

  #freshStyle(): MarkdownStyle {
    return new MarkdownStyle((this.#out.getColorDepth?.() ?? 1) > 1)
  }

  #write(text: string): void {
    if (text === '') return
    this.#out.write(text)
    this.#atLineStart = text.endsWith('\n')
  }
}
