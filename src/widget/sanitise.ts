import createDOMPurify from 'dompurify'

// One for all: a content security policy may let the name of its Trusted Types policy be taken only once.
const purify = createDOMPurify(window)
/** Classes that elements may have: a code's language, and the highlighter's. */
const CLASSES: Record<string, RegExp> = { CODE: /^language-[\w+#.-]{1,40}$/, SPAN: /^hljs-[\w -]{1,60}$/ }
const BLOCKS = new Set(['P', 'UL', 'OL', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'BLOCKQUOTE', 'TABLE'])
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('rel', 'noopener noreferrer')
    node.setAttribute('target', '_blank')
  }
  if (BLOCKS.has(node.tagName)) node.setAttribute('dir', directionOf(node.textContent ?? ''))
  if (!CLASSES[node.tagName]?.test(node.className)) node.removeAttribute('class')
})
const ANSWER = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 'del', 'code', 'pre', 'blockquote'],
    ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'a'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'start', 'align', 'class'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  RETURN_DOM_FRAGMENT: true as const,
}


/** The HTML of an answer's markdown as nodes that run, load and style nothing (W4). */
export function sanitisedAnswer(html: string): DocumentFragment {
  return purify.sanitize(html, ANSWER)
}

/** What a highlighter made of code. */
export function sanitisedSpans(html: string): DocumentFragment {
  return purify.sanitize(html, { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'], RETURN_DOM_FRAGMENT: true })
}

/** By what most of the text is: `dir="auto"` goes by its first word, which in a text about software is often a Latin name. */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const head = text.slice(0, 2000)
  const rtl =
    head.match(/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/gu)?.length ?? 0
  if (rtl === 0) return 'ltr'
  return rtl * 3 > (head.match(/\p{L}/gu)?.length ?? 0) ? 'rtl' : 'ltr'
}
