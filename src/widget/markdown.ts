import { Lexer, type Token, type TokensList } from 'marked'

/** Longer runs of text than people write are not looked through for emphasis and links: that costs the square of the length. */
const MAX_INLINE = 6000
/**
 * Quotes in quotes and lists in lists, fifty deep and more, are no writing; the parser's work on them grows with the square.
 * No blank may belong to two places of the pattern: thirty marks would be tried in 2^30 ways.
 */
const ABSURDLY_NESTED = /^ {0,3}(?:(?:>|[-*+] |\d{1,9}[.)] ) {0,4}){50}/m

/** The blocks of a text; one block of plain text where it is not worth parsing, or not possible. */
export function lex(text: string): TokensList {
  const source = text.replace(/\r\n?/g, '\n')
  if (!ABSURDLY_NESTED.test(source)) {
    try {
      return lexed(source)
    } catch {
      // too deep for the parser's recursion
    }
  }
  return Object.assign([{ type: 'paragraph', raw: text, text, tokens: [plain(text)] }], { links: {} })
}

function lexed(source: string): TokensList {
  const lexer = new Lexer()
  lexer.blockTokens(source, lexer.tokens)
  for (const { src, tokens } of lexer.inlineQueue.splice(0)) {
    if (src.length > MAX_INLINE) tokens.push(plain(src))
    else lexer.inlineTokens(src, tokens)
  }
  return lexer.tokens
}

function plain(text: string): Token {
  return { type: 'text', raw: text, text }
}
