import { styleText } from 'node:util'
import type { Message } from '../client/index.ts'
import { MarkdownStyle } from './markdown-style.ts'
import { WordWrap } from './word-wrap.ts'

/** Writes an answer to a terminal as it grows. What is written stays: where an answer starts again, it is written again below. */
export class AnswerPrinter {
  readonly #out: NodeJS.WriteStream
  readonly #wrap: WordWrap
  #style: MarkdownStyle
  /** The message and attempt that is being written. */
  #which = ''
  #written = ''
  #atLineStart = true

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
    this.#wrap = new WordWrap(() => out.columns || Number.POSITIVE_INFINITY)
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
    for (const [line] of content.slice(this.#written.length).matchAll(/[^\n]*\n|[^\n]+$/g)) this.#add(line)
    this.#written = content
  }

  /** Ends the line for what is told in the middle of the answer; the rest of it follows below. */
  pause(): void {
    if (!this.#atLineStart) this.#write(this.#wrap.push('\n', true))
  }

  /** Ends the last line. */
  end(): void {
    this.#write(this.#wrap.push(this.#style.end(), this.#style.isInCode))
    this.pause()
    this.#style = this.#freshStyle()
  }

  /** A line of the answer, or a part of one. */
  #add(text: string): void {
    const wasInCode = this.#style.isInCode
    const styled = this.#style.push(text)
    this.#write(this.#wrap.push(styled, wasInCode || this.#style.isInCode))
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
