/**
 * Styles markdown for a terminal while it streams. It adds colours and takes nothing away, so that what is on the screen is what
 * the model wrote and can be copied; only control characters, which could write anywhere on the screen, become U+FFFD. A few
 * characters wait until it is known what they are: a line's first ones, and runs of `*`, `_` and backticks.
 */
export class MarkdownStyle {
  readonly #colours: boolean
  #held = ''
  #atLineStart = true
  /** What opened the code block that we are in. */
  #fence: string | null = null
  /** The style of the whole line. */
  #line = ''
  #bold = false
  #italic = false
  /** The backticks that opened the code that we are in. */
  #code = ''
  /** The last character of the text, for what stands beside a marker. */
  #before = ' '
  #shown = ''

  constructor(colours: boolean) {
    this.#colours = colours
  }

  /** We are in a block of code. */
  get isInCode(): boolean {
    return this.#fence !== null
  }

  /** The styled form of what can be shown now. */
  push(text: string): string {
    this.#held += harmless(text)
    return this.#take(false)
  }

  /** The rest, with all styles ended. */
  end(): string {
    const rest = this.#take(true) + this.#styled('', '')
    this.#startLine()
    this.#fence = null
    return rest
  }

  #take(isEnd: boolean): string {
    if (!this.#colours) {
      const text = this.#held
      this.#held = ''
      return text
    }
    let out = ''
    while (this.#held !== '') {
      const step = this.#atLineStart ? this.#lineStart(isEnd) : this.#inline(isEnd)
      if (step === null) break
      out += step
    }
    return out
  }

  /** Decides what kind of line begins; null where more of it has to come first. */
  #lineStart(isEnd: boolean): string | null {
    const line = /^[^\n]*/.exec(this.#held)?.[0] ?? ''
    const isWhole = isEnd || line.length < this.#held.length
    if (!isWhole && (this.#fence === null ? UNDECIDED : UNDECIDED_IN_CODE).test(line)) return null
    this.#atLineStart = false
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (this.#fence !== null) {
      this.#line = STYLE.code
      if (fence?.startsWith(this.#fence) && /^[\s`~]*$/.test(line)) {
        this.#fence = null
        this.#line = STYLE.faint
      }
      return ''
    }
    if (fence !== undefined) {
      this.#fence = fence
      this.#line = STYLE.faint
    } else if (/^#{1,6}\s/.test(line)) this.#line = STYLE.heading
    else if (/^ {0,3}>/.test(line)) this.#line = STYLE.quote
    else if (/^ {0,3}([-*_])(?: *\1){2,} *$/.test(line)) this.#line = STYLE.faint
    else {
      const marker = /^\s*(?:[-*+]|\d{1,9}[.)])(?=\s)/.exec(line)?.[0] ?? ''
      return this.#plain(marker, STYLE.marker)
    }
    return ''
  }

  #inline(isEnd: boolean): string | null {
    const isVerbatim = this.#fence !== null || this.#line === STYLE.faint
    const plain = (isVerbatim ? /^[^\n]+/ : this.#code === '' ? /^[^\n*_`\\]+/ : /^[^\n`]+/).exec(this.#held)?.[0]
    if (plain !== undefined) return this.#plain(plain, this.#inlineStyle)
    if (this.#held.startsWith('\n')) {
      this.#held = this.#held.slice(1)
      const out = this.#styled('\n', '')
      this.#startLine()
      return out
    }
    const run = /^(?:\\.?|`+|\*+|_+)/s.exec(this.#held)?.[0] ?? ''
    if (run.length === this.#held.length && !isEnd) return null
    if (run.startsWith('\\')) return this.#plain(run.replace('\n', ''), this.#inlineStyle)
    return run.startsWith('`') ? this.#backticks(run) : this.#emphasis(run)
  }

  #backticks(run: string): string {
    if (this.#code !== '' && this.#code !== run) return this.#plain(run, this.#inlineStyle)
    this.#code = this.#code === '' ? run : ''
    return this.#plain(run, STYLE.faint)
  }

  /** Runs of `*` and `_` by CommonMark's flanking rule, without its nesting: `2 * 3` and `snake_case` are text. */
  #emphasis(run: string): string {
    const after = this.#held[run.length] ?? ' '
    const isWord = (char: string) => /[\p{L}\p{N}]/u.test(char)
    const opens = !/\s/.test(after) && !(run[0] === '_' && isWord(this.#before))
    const closes = !/\s/.test(this.#before) && !(run[0] === '_' && isWord(after))
    const toggles = (isOn: boolean) => (isOn ? closes : opens)
    const touches = { bold: run.length === 2 || run.length === 3, italic: run.length === 1 || run.length === 3 }
    const applies = (!touches.bold || toggles(this.#bold)) && (!touches.italic || toggles(this.#italic))
    if (run.length > 3 || !applies) return this.#plain(run, this.#inlineStyle)
    if (touches.bold) this.#bold = !this.#bold
    if (touches.italic) this.#italic = !this.#italic
    return this.#plain(run, STYLE.faint)
  }

  get #inlineStyle(): string {
    if (this.#code !== '') return STYLE.code
    return this.#line + (this.#bold ? STYLE.bold : '') + (this.#italic ? STYLE.italic : '')
  }

  /** Shows the first characters of what is held. */
  #plain(text: string, style: string): string {
    this.#held = this.#held.slice(text.length)
    this.#before = text.at(-1) ?? this.#before
    return text === '' ? '' : this.#styled(text, style)
  }

  #styled(text: string, style: string): string {
    if (style === this.#shown) return text
    this.#shown = style
    return `${RESET}${style}${text}`
  }

  /** What a line left open ends with it: one stray `*` shall not slant the rest of an answer. */
  #startLine(): void {
    this.#atLineStart = true
    this.#line = ''
    this.#bold = false
    this.#italic = false
    this.#code = ''
    this.#before = ' '
  }
}

/** Text in which what could move the cursor, or worse, is U+FFFD. */
export function harmless(text: string): string {
  return text.replaceAll(CONTROL, '\ufffd')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const RESET = '\u001b[0m'
const STYLE = {
  bold: '\u001b[1m',
  italic: '\u001b[3m',
  faint: '\u001b[2m',
  heading: '\u001b[1;4m',
  quote: '\u001b[2;3m',
  marker: '\u001b[33m',
  code: '\u001b[36m',
} as const

/** Beginnings of lines that may still become a heading, a list, a quote, a rule or a fence; a fence's line as a whole. */
const UNDECIDED =
  /^(?:\s*|#{1,6}|\s*\d{1,9}[.)]?|\s*[-*+]|\s*(?:[-*_] ?){1,20}| {0,3}(?:`{1,2}|~{1,2})| {0,3}(?:`{3}|~{3}).*)$/s
const UNDECIDED_IN_CODE = /^ {0,3}[`~]*$/
