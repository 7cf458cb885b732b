import { Lexer, type Token, Tokenizer, type Tokens, type TokensList } from 'marked'

/** Characters that the parser may look at for one text. Ordinary answers of a mebibyte need about half of it. */
const MAX_WORK = 30_000_000
/** What each step costs besides. */
const STEP = 20
const BLANK_LINE = /\n[ \t]*\n/
/** No rule looks past such a line for what it does not take. */
const BREAK = /\n(?:[ \t]*\n| {0,3}(?:#{1,6}\s|>|[-*+] ))/

/**
 * A lexer that throws where a text costs too much. Of some texts, such as an item with very many lines, the parser looks through all
 * that follows at every line. The characters that it looks at are counted, not the time: what is shown must not depend on the machine.
 */
export class BoundedLexer extends Lexer {
  readonly #counted: CountingTokenizer

  constructor() {
    const tokenizer = new CountingTokenizer()
    super({ gfm: true, tokenizer })
    this.#counted = tokenizer
    tokenizer.countLines()
  }

  override blockTokens(src: string, tokens?: Token[], continues?: boolean): Token[]
  override blockTokens(src: string, tokens?: TokensList, continues?: boolean): TokensList
  /** `continues`: what was read before of a quotation goes on, after lines of it without a mark. */
  override blockTokens(src: string, tokens: Token[] = [], continues = false): Token[] {
    if (continues) this.#counted.countPart()
    return super.blockTokens(src, tokens, continues)
  }
}

class CountingTokenizer extends Tokenizer {
  #work = 0
  /** Characters of the quotation that is read. */
  #quotation = 0

  /** Is asked first at every step. */
  override space(src: string): Tokens.Space | undefined {
    this.#count(STEP + upTo(BREAK, src) + (this.lexer.state.lastToken?.raw.length ?? 0))
    return super.space(src)
  }

  /** For each part of it that begins with a mark after lines without one, all that follows is copied. */
  override blockquote(src: string): Tokens.Blockquote | undefined {
    const outer = this.#quotation
    if (/^ {0,3}>/.test(src)) this.#quotation = upTo(BLANK_LINE, src)
    const token = super.blockquote(src)
    this.#quotation = outer
    return token
  }

  countPart(): void {
    this.#count(this.#quotation)
  }

  /** Where an item goes on in a line that is not indented as it is, the whole item is copied. */
  countLines(): void {
    const { nextBulletRegex } = this.rules.other
    const counting = (indent: number) => {
      const bullet = nextBulletRegex(indent)
      let item = 0
      const test = (line: string) => {
        item += line.length
        if (line.search(/\S/) < indent) this.#count(item)
        return bullet.test(line)
      }
      return { test } as RegExp
    }
    this.rules = { ...this.rules, other: { ...this.rules.other, nextBulletRegex: counting } }
  }

  #count(characters: number): void {
    this.#work += characters
    if (this.#work > MAX_WORK) throw new RangeError('it costs too much to read')
  }
}

function upTo(end: RegExp, src: string): number {
  const at = src.search(end)
  return at === -1 ? src.length : at
}
