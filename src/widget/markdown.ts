import { Lexer, Marked, type Token, type TokensList } from 'marked'
import { frameCode } from './code-block.ts'
import type { Strings } from './locales/strings.ts'
import { sanitisedAnswer } from './sanitise.ts'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

/** Longer runs of text than people write are not looked through for emphasis and links: that costs the square of the length. */
const MAX_INLINE = 6000

const marked = new Marked({
  gfm: true,
  renderer: {
    // A model that writes about HTML means to show it.
    html: ({ text }) => escaped(text),
    // Nothing remote is loaded (W4): an image becomes a link to it.
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

/** Quotes in quotes and lists in lists, fifty deep and more, are no writing; the parser's work on them grows with the square. */
const ABSURDLY_NESTED = /^(?: {0,3}(?:>|[-*+] |\d{1,9}[.)] ) ?){50}/m

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
  const lexer = new Lexer(marked.defaults)
  const blocks = lexer.blockTokens(source, lexer.tokens)
  for (const { src, tokens } of lexer.inlineQueue.splice(0)) {
    if (src.length > MAX_INLINE) tokens.push(plain(src))
    else lexer.inlineTokens(src, tokens)
  }
  return blocks
}

function plain(text: string): Token {
  return { type: 'text', raw: text, text: escaped(text), escaped: true }
}

/** Sanitised nodes (W4): what was markup in the text is text here. */
export function rendered(tokens: Token[], strings: Strings): DocumentFragment {
  const fragment = sanitisedAnswer(marked.parser(tokens))
  for (const code of fragment.querySelectorAll<HTMLElement>('pre > code')) frameCode(code, strings)
  return fragment
}
