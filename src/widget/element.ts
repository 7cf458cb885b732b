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

/** A link out of the chat; null where `url` is none that may be followed (W4). */
export function outwardLink(url: unknown, content: Node | string): HTMLAnchorElement | null {
  if (typeof url !== 'string' || !/^(?:https?:|mailto:)/i.test(url)) return null
  const link = element('a', '', content)
  link.href = url
  link.rel = 'noopener noreferrer'
  link.target = '_blank'
  return link
}
