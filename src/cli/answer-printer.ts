import { styleText } from 'node:util'
import type { Message } from '../client/index.ts'
import { MarkdownStyle } from './markdown-style.ts'

/** Writes an answer to a terminal as it grows. What is written stays: where an answer starts again, it is written again below. */
export class AnswerPrinter {
  readonly #out: NodeJS.WriteStream
  #style: MarkdownStyle
  /** The message and attempt that is being written. */
  #which = ''
  #written = ''
  #atLineStart = true

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
    this.#style = this.#freshStyle()
  }

  /** Writes what this view of the answer adds to the one before. */
  print({ id, attempt, content }: Message): void {
    const which = `${id}:${attempt}`
    // What is held can also become another text: what Redis holds counts (D3).
    if (which !== this.#which || !content.startsWith(this.#written)) {
      if (this.#written !== '') {
        this.end()
        this.#out.write(`${styleText('dim', '(the answer starts again)', { stream: this.#out })}\n`)
      }
      this.#which = which
      this.#written = ''
    }
    this.#write(this.#style.push(content.slice(this.#written.length)))
    this.#written = content
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
