import { iconElement } from './icons.ts'

/** An element with a class, which is its `part` as well, and children; text children are text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag)
  if (className !== '') {
    created.className = className
    created.setAttribute('part', className)
  }
  created.append(...children)
  return created
}

export function button(className: string, label: string, onClick: () => void): HTMLButtonElement {
  const created = element('button', className, label)
  created.type = 'button'
  created.addEventListener('click', onClick)
  return created
}

/** A button that shows an icon; its label is its name. */
export function iconButton(className: string, label: string, drawing: string, onClick: () => void): HTMLButtonElement {
  const created = button(className, '', onClick)
  created.ariaLabel = label
  created.title = label
  created.append(iconElement(drawing))
  return created
}

/** Has the chat tell `words` to who does not see what has changed; `near` is in its log. */
export function say(near: HTMLElement, words: string): void {
  near.dispatchEvent(new CustomEvent('said', { detail: words, bubbles: true }))
}

/** Embeddings, overrides and isolates: they put a text into another order than its own. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g

/**
 * A link out of the chat; null where `url` is none that may be followed (W4). Its words are in their own order: in another one an address
 * or a file's name reads as one that it is not.
 */
export function outwardLink(url: unknown, content: Node | string): HTMLAnchorElement | null {
  if (typeof url !== 'string' || !/^(?:https?:|mailto:)/i.test(url)) return null
  const link = element('a', '', content)
  link.href = url
  link.rel = 'noopener noreferrer'
  link.target = '_blank'
  const texts = document.createTreeWalker(link, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
    text.nodeValue = text.nodeValue?.replace(BIDI_CONTROLS, '') ?? ''
  return link
}
