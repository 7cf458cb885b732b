import type { MarkedToken, Token, Tokens } from 'marked'
import { codeBlock } from './code-block.ts'
import { directionOf } from './direction.ts'
import { element, outwardLink } from './element.ts'
import { decoded } from './entities.ts'
import type { Strings } from './locales/strings.ts'

/**
 * Parsed markdown as nodes. There is no HTML on the way that would have to be cleaned: elements are made one by one from the few
 * kinds below, everything that an answer contains is put in as text, and the one attribute that comes from it is a link's
 * checked address. So nothing in it can run, load or style anything (W4).
 */
export function nodesOf(tokens: readonly Token[], strings: Strings): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const token of tokens) fragment.append(nodeOf(token as MarkedToken, strings))
  return fragment
}

function nodeOf(token: MarkedToken, strings: Strings): Node | string {
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'paragraph':
      return directed(made('p', token, strings))
    case 'heading':
      return directed(headingOf(token, strings))
    case 'blockquote':
      return directed(made('blockquote', token, strings))
    case 'list':
      return directed(listOf(token, strings))
    case 'table':
      return directed(tableOf(token, strings))
    case 'code':
      return codeBlock(token.text, languageOf(token.lang), strings)
    case 'hr':
    case 'br':
      return element(token.type, '')
    case 'strong':
    case 'em':
    case 'del':
      return made(token.type, token, strings)
    case 'codespan':
      return element('code', '', token.text)
    case 'link':
      return linkOf(token, nodesOf(token.tokens, strings))
    // Nothing remote is loaded: an image becomes a link to it.
    case 'image':
      return linkOf(token, decoded(token.text) || token.href)
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ '
    // A model that writes about HTML means to show it; only a line break in a table's cell has no other spelling.
    case 'html':
      if (/^<br ?\/?>$/i.test(token.text)) return element('br', '')
      return token.block ? directed(element('p', '', token.text.trimEnd())) : token.text
    case 'escape':
      return token.text
    case 'text':
      return 'tokens' in token && token.tokens !== undefined ? nodesOf(token.tokens, strings) : decoded(token.text)
    default:
      return token.raw
  }
}

/** All of one rank, below the chat's own title: answers skip ranks as they like, and who hears a page is lost by that. */
function headingOf(token: Tokens.Heading, strings: Strings): HTMLElement {
  const heading = made('h3', token, strings)
  heading.dataset.depth = String(token.depth)
  return heading
}

type Named = 'p' | 'h3' | 'blockquote' | 'strong' | 'em' | 'del' | 'li' | 'th' | 'td'

function made(name: Named, { tokens }: { tokens?: Token[] }, strings: Strings): HTMLElement {
  return element(name, '', nodesOf(tokens ?? [], strings))
}

function listOf({ ordered, start, items }: Tokens.List, strings: Strings): HTMLElement {
  const children = items.map((item) => made('li', item, strings))
  if (!ordered) return element('ul', '', ...children)
  const list = element('ol', '', ...children)
  const first = typeof start === 'number' ? start : 1
  if (first !== 1) list.start = first
  const digits = String(first + items.length - 1).length
  if (digits > 2) list.dataset.digits = String(digits)
  return list
}

function tableOf({ header, rows }: Tokens.Table, strings: Strings): HTMLElement {
  const rowOf = (cells: readonly Tokens.TableCell[], name: 'th' | 'td') =>
    element('tr', '', ...cells.map((cell) => alignedCell(made(name, cell, strings), cell.align)))
  const head = element('thead', '', rowOf(header, 'th'))
  const table = element('table', '', head, element('tbody', '', ...rows.map((row) => rowOf(row, 'td'))))
  table.tabIndex = 0 // scrolls sideways, so the keyboard must reach it
  return table
}

function alignedCell(cell: HTMLElement, align: Tokens.TableCell['align']): HTMLElement {
  if (align !== null) cell.setAttribute('align', align)
  return cell
}

function linkOf({ href, title }: Tokens.Link | Tokens.Image, content: Node | string): Node | string {
  const link = outwardLink(decoded(href), content)
  if (link !== null && title) link.title = decoded(title)
  return link ?? content
}

function languageOf(info: string | undefined): string {
  return /^[\w+#.-]{1,40}/.exec(info ?? '')?.[0] ?? ''
}

function directed(block: HTMLElement): HTMLElement {
  block.dir = directionOf(block.textContent ?? '')
  return block
}
