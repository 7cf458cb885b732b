/**
 * Breaks lines between words for a terminal while they are written: a word that turns out to be too long for its line is taken back and
 * written again on the next one. Takes text with colours in it. Lines of code are left to the terminal.
 */
export class WordWrap {
  readonly #columns: () => number
  #column = 0
  /** The word at the end of the line, with the colours in it. */
  #word = ''
  #wordWidth = 0

  /** `columns` of the terminal, now. */
  constructor(columns: () => number) {
    this.#columns = columns
  }

  /** What has to be written for `text`; `isCode`: as it is. */
  push(text: string, isCode: boolean): string {
    // One less: what a cursor does behind the last column is told differently by each terminal.
    const width = isCode ? Number.POSITIVE_INFINITY : this.#columns() - 1
    let out = ''
    for (const [piece] of text.matchAll(PIECES)) out += this.#place(piece, width)
    return out
  }

  #place(piece: string, width: number): string {
    if (piece === '\n') return this.#break()
    if (piece.startsWith('\u001b')) {
      this.#word += piece
      return piece
    }
    // What is joined to an emoji is seen as one with it.
    const wide = this.#word.endsWith('\u200d') && EMOJI.test(piece) ? 0 : widthOf(piece)
    if (piece === ' ' || piece === '\t') {
      if (this.#column >= width) return this.#break()
      this.#column += wide
      this.#startWord()
      return piece
    }
    let out = ''
    if (this.#column + wide > width) out = this.#wordWidth === this.#column ? this.#break() : this.#moveWord()
    this.#column += wide
    this.#word += piece
    this.#wordWidth += wide
    if (BREAKS_AFTER.test(piece)) this.#startWord()
    return out + piece
  }

  /** The word that does not fit goes to the next line. */
  #moveWord(): string {
    const takeBack = this.#wordWidth === 0 ? '' : `\u001b[${this.#wordWidth}D\u001b[K`
    this.#column = this.#wordWidth
    return `${takeBack}\n${this.#word}`
  }

  #break(): string {
    this.#column = 0
    this.#startWord()
    return '\n'
  }

  #startWord(): void {
    this.#word = ''
    this.#wordWidth = 0
  }
}

/** Colours, line ends, and characters as they are seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const PIECES = /\u001b\[[\d;]*m|\n|\P{M}(?:\p{M}|\u200d\P{M}|[\u{1f3fb}-\u{1f3ff}])*|\p{M}/gu
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]|\p{Emoji_Presentation}/u
/** Writing without spaces between its words. */
const BREAKS_AFTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60-]$/u

const EMOJI = /^\p{Extended_Pictographic}/u
/** What has no column, also where it comes in a piece by itself: marks, skin tones, a zero-width space. A soft hyphen has one. */
const NO_WIDTH = /^(?:[\p{Mn}\p{Me}]|[\u{1f3fb}-\u{1f3ff}]|(?!\u00ad)\p{Cf})/u
/** Marks with a column of their own, as many vowels of Hindi. */
const SPACING_MARKS = /(?!^)\p{Mc}/gu
/** Two of them are a flag. */
const HALF_FLAG = /^[\u{1f1e6}-\u{1f1ff}]/u

/** Columns of one character. Too many would take back letters of the word before. */
function widthOf(piece: string): number {
  if (piece === '\t') return 8
  if (NO_WIDTH.test(piece)) return 0
  if (HALF_FLAG.test(piece)) return 1
  return (WIDE.test(piece) ? 2 : 1) + (piece.match(SPACING_MARKS)?.length ?? 0)
}
