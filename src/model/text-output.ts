import type { TokenSink } from '../ports/model.ts'
import { OverlapTrimmer } from './overlap.ts'
import { ThinkHead } from './think-head.ts'

/**
 * Passes an answer's text to the sink, and reasoning at its head as such; where the answer is the continuation of a stored text, without
 * what it repeats of that.
 */
export class TextOutput {
  readonly #sink: TokenSink
  readonly #trimmer: OverlapTrimmer | null
  /** Null once the head is past, so that it costs nothing from then on. */
  #head: ThinkHead | null
  #textUnits = 0

  /** `stored` is empty for an answer that begins anew; `isPastHead` where the text goes on in the middle of the same response. */
  constructor(sink: TokenSink, stored: string, isPastHead = false) {
    this.#sink = sink
    this.#head = isPastHead ? null : new ThinkHead((piece) => this.reasoning(piece))
    this.#trimmer = stored === '' ? null : new OverlapTrimmer(stored)
  }

  /** UTF-16 units of text that came so far. */
  get textUnits(): number {
    return this.#textUnits
  }

  /** Whether the sink has all text that came so far, and what comes next is text. */
  get isFlushed(): boolean {
    return (this.#head === null || this.#head.isSettled) && (this.#trimmer === null || this.#trimmer.decided)
  }

  text(piece: string): Promise<void> | undefined {
    return this.#say(this.#head === null ? piece : this.#behindHead(this.#head, piece))
  }

  /** What the model thinks; `''` where it is only known that it does. */
  reasoning(piece: string): void {
    this.#sink.reasoning?.(piece)
  }

  /** The answer is whole: gives out what was still held back. */
  end(): Promise<void> | undefined {
    const rest = this.#head?.end() ?? ''
    this.#textUnits += rest.length
    return this.#give(this.#trimmer === null ? rest : this.#trimmer.push(rest) + this.#trimmer.end())
  }

  #behindHead(head: ThinkHead, piece: string): string {
    const text = head.push(piece)
    if (head.isOver) this.#head = null
    return text
  }

  #say(text: string): Promise<void> | undefined {
    this.#textUnits += text.length
    return this.#give(this.#trimmer === null ? text : this.#trimmer.push(text))
  }

  #give(text: string): Promise<void> | undefined {
    return text === '' ? undefined : (this.#sink.text(text) ?? undefined)
  }
}
