/** UTF-16 units that a repetition must have to be taken for one (F3); fewer are likely to be meant. */
export const MIN_OVERLAP = 8

/** Length of the longest end of `stored`, at least `MIN_OVERLAP`, with which `continuation` begins; 0 where there is none. */
export function overlapOf(stored: string, continuation: string): number {
  for (let length = Math.min(stored.length, continuation.length); length >= MIN_OVERLAP; length--) {
    if (stored.endsWith(continuation.slice(0, length))) return length
  }
  return 0
}

/**
 * Takes the repeated end of a stored text off its continuation, which comes in pieces (F3).
 *
 * Text is held back only for as long as it can still turn out to be a repetition, that is, while what has come occurs in
 * the stored text with more of it to follow. A model that goes on with something new is delayed by a word or two; one that begins
 * the whole answer again is silent until it gets to where it was cut off.
 */
export class OverlapTrimmer {
  readonly #stored: string
  #held = ''
  /** The first place where `stored` goes on as `held` does. It only moves up: what failed to match once fails for ever. */
  #place = 0
  #decided = false

  constructor(stored: string) {
    this.#stored = stored
  }

  /** Whether nothing is held back any more: from then on pieces pass as they are. */
  get decided(): boolean {
    return this.#decided
  }

  /** Takes the next piece and gives the text that is new by now, perhaps none. */
  push(piece: string): string {
    if (this.#decided) return piece
    this.#held += piece
    this.#place = this.#stored.indexOf(this.#held, this.#place)
    const mayGrow =
      this.#place !== -1 &&
      this.#place + this.#held.length < this.#stored.length &&
      this.#place + MIN_OVERLAP <= this.#stored.length
    return mayGrow ? '' : this.end()
  }

  /** The continuation has ended: gives what was held back and is new. */
  end(): string {
    if (this.#decided) return ''
    this.#decided = true
    const fresh = this.#held.slice(overlapOf(this.#stored, this.#held))
    this.#held = ''
    return fresh
  }
}
