import type { Bookmark, TokenSink, Usage } from '../../src/ports/model.ts'

/** A sink that keeps what it is given; `hold` makes it ask for a pause at the next piece, which `resume` ends. */
export class RecordingSink implements TokenSink {
  readonly pieces: string[] = []
  readonly bookmarks: Bookmark[] = []
  readonly thoughts: string[] = []
  readonly usages: Usage[] = []
  /** Called at each piece, with the text so far. */
  onText: ((text: string) => void) | null = null
  #pause: PromiseWithResolvers<void> | null = null

  get joined(): string {
    return this.pieces.join('')
  }

  text(piece: string): void | Promise<void> {
    this.pieces.push(piece)
    this.onText?.(this.joined)
    return this.#pause?.promise
  }

  bookmark(bookmark: Bookmark): void {
    this.bookmarks.push(bookmark)
  }

  reasoning(piece: string): void {
    this.thoughts.push(piece)
  }

  usage(usage: Usage): void {
    this.usages.push(usage)
  }

  hold(): void {
    this.#pause = Promise.withResolvers()
  }

  resume(): void {
    this.#pause?.resolve()
    this.#pause = null
  }

  /** Resolves when `text` holds of the text so far. */
  when(condition: (text: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.onText = (text) => {
        if (!condition(text)) return
        this.onText = null
        resolve()
      }
      this.onText(this.joined)
    })
  }
}
