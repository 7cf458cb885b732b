import type { Token, TokensList } from 'marked'
import { BoundedLexer } from './bounded-lexer.ts'

/** Longer runs of text than people write are not looked through for emphasis and links: that costs the square of the length. */
const MAX_INLINE = 6000
/**
 * Quotes in quotes and lists in lists, fifty deep and more, are no writing; the parser's work on them grows with the square.
 * No blank may belong to two places of the pattern: thirty marks would be tried in 2^30 ways.
 */
const ABSURDLY_NESTED = /^ {0,3}(?:(?:>|[-*+] |\d{1,9}[.)] ) {0,4}){50}/m

/** The blocks of a text. What is not worth parsing, or cannot be, is one block of plain text. */
export function lex(text: string): TokensList {
  const source = text.replace(/\r\n?/g, '\n')
  if (!ABSURDLY_NESTED.test(source)) {
    try {
      return lexed(source)
    } catch {
      // too deep for the parser's recursion
    }
  }
  return Object.assign([plainBlock(text)], { links: {} })
}

function lexed(source: string): TokensList {
  const lexer = new BoundedLexer()
  const { tokens } = lexer
  try {
    lexer.blockTokens(source, tokens)
  } catch {
    const done = tokens.map(({ raw }) => raw).join('')
    if (!source.startsWith(done)) throw new RangeError('the parser does not tell how far it came')
    tokens.push(plainBlock(source.slice(done.length)))
  }
  for (const { src, tokens: words } of lexer.inlineQueue.splice(0)) {
    if (src.length > MAX_INLINE) words.push(plain(src))
    else lexer.inlineTokens(src, words)
  }
  return tokens
}

function plainBlock(text: string): Token {
  return { type: 'paragraph', raw: text, text, tokens: [plain(text)] }
}

function plain(text: string): Token {
  return { type: 'text', raw: text, text }
}
