import type { TokenSink } from '../ports/token-source.ts'
import { OverlapTrimmer } from './overlap.ts'

/** Passes an answer's text to the sink; where the answer is the continuation of a stored text, without what it repeats of that. */
export class TextOutput {
  readonly #sink: TokenSink
  readonly #trimmer: OverlapTrimmer | null

  /** `stored` is empty for an answer that begins anew. */
  constructor(sink: TokenSink, stored: string) {
    this.#sink = sink
    this.#trimmer = stored === '' ? null : new OverlapTrimmer(stored)
  }

  /** Whether the sink has all text that came so far. */
  get settled(): boolean {
    return this.#trimmer === null || this.#trimmer.decided
  }

  text(piece: string): Promise<void> | undefined {
    const fresh = this.#trimmer === null ? piece : this.#trimmer.push(piece)
    return this.#give(fresh)
  }

  /** The answer is whole: gives out what was still held back. */
  end(): Promise<void> | undefined {
    return this.#trimmer === null ? undefined : this.#give(this.#trimmer.end())
  }

  #give(text: string): Promise<void> | undefined {
    return text === '' ? undefined : (this.#sink.text(text) ?? undefined)
  }
}
