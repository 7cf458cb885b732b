const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/**
 * Makes the pieces of a text well-formed one by one (D2): the first half of a surrogate pair waits for the second, so
 * that no piece splits a pair, and a surrogate that stays alone becomes U+FFFD.
 */
export class TextGate {
  #held = ''

  /** The part of what has come that can be stored now; may be empty. */
  push(piece: string): string {
    let text = this.#held === '' ? piece : this.#held + piece
    this.#held = ''
    if (isHighSurrogate(text.charCodeAt(text.length - 1))) {
      this.#held = text.slice(-1)
      text = text.slice(0, -1)
    }
    return text.isWellFormed() ? text : text.toWellFormed()
  }

  /** What is left when nothing more comes: nothing, or the U+FFFD of a half that stayed alone. */
  end(): string {
    const rest = this.#held.toWellFormed()
    this.#held = ''
    return rest
  }
}
