import DOMPurify from 'dompurify'
import { Marked, type Token } from 'marked'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

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

const purify = DOMPurify(window)
const BLOCKS = new Set(['P', 'UL', 'OL', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'BLOCKQUOTE', 'TABLE'])
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('rel', 'noopener noreferrer nofollow')
    node.setAttribute('target', '_blank')
  }
  if (BLOCKS.has(node.tagName)) node.setAttribute('dir', directionOf(node.textContent ?? ''))
  if (node.tagName === 'PRE') {
    node.setAttribute('dir', 'ltr')
    node.setAttribute('tabindex', '0') // scrolls sideways, so the keyboard must reach it
  }
})
const SANITISE = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 'del', 'code', 'pre', 'blockquote'],
    ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'a'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  RETURN_DOM_FRAGMENT: true as const,
}

/** By what most of the text is: `dir="auto"` goes by its first word, which in a text about software is often a Latin name. */
function directionOf(text: string): 'ltr' | 'rtl' {
  const rtl =
    text.match(/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/gu)?.length ?? 0
  const all = text.match(/\p{L}/gu)?.length ?? 0
  return rtl * 3 > all ? 'rtl' : 'ltr'
}

function rendered(tokens: Token[]): DocumentFragment {
  return purify.sanitize(marked.parser(tokens), SANITISE)
}

/**
 * The markdown of an answer while it grows. Blocks that can change no more are rendered once and left alone; only the
 * last two are rendered again, so that a frame costs the same at the end of a long answer as at its start. What depends on
 * the whole text (reference links) is settled by `finish`.
 */
export class StreamedMarkdown {
  readonly #container: HTMLElement
  readonly #tail = document.createElement('div')
  #text = ''
  #settled = 0

  constructor(container: HTMLElement) {
    this.#container = container
    this.#tail.className = 'tail'
    container.replaceChildren(this.#tail)
  }

  update(text: string): void {
    if (text === this.#text) return
    if (!text.startsWith(this.#text)) this.#restart()
    this.#text = text
    const rest = text.slice(this.#settled)
    const tokens = marked.lexer(rest)
    const open = lastTwo(tokens)
    const done = tokens.slice(0, open)
    const length = done.reduce((sum, { raw }) => sum + raw.length, 0)
    // The lexer may normalise what it reads (line ends, tabs): then `raw` does not tell where a block ends.
    if (length > 0 && rest.startsWith(done.map(({ raw }) => raw).join(''))) {
      this.#tail.before(rendered(done))
      this.#settled += length
      this.#tail.replaceChildren(rendered(tokens.slice(open)))
    } else this.#tail.replaceChildren(rendered(tokens))
  }

  finish(text: string): void {
    this.#container.replaceChildren(rendered(marked.lexer(text)))
  }

  #restart(): void {
    this.#container.replaceChildren(this.#tail)
    this.#settled = 0
  }
}

/** Index of the last block but one. */
function lastTwo(tokens: readonly Token[]): number {
  const last = tokens.findLastIndex(({ type }) => type !== 'space')
  return Math.max(
    0,
    tokens.slice(0, Math.max(0, last)).findLastIndex(({ type }) => type !== 'space'),
  )
}
