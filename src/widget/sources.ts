import { element, outwardLink } from './element.ts'
import type { Strings } from './locales/strings.ts'

/** What an answer was made from (S8): a card each, with its title and the site that it leads to. */
export function sourceCards(sources: unknown, strings: Strings): Node[] {
  if (!Array.isArray(sources) || sources.length === 0) return []
  const list = element('ol', 'sources', ...sources.map((source) => cardOf(source, strings)))
  list.ariaLabel = strings.sources
  return [list]
}

function cardOf(source: { title?: unknown; url?: unknown } | null, strings: Strings): HTMLElement {
  const name = [source?.title, source?.url].map((words) => String(words ?? '')).find(isVisible) ?? strings.sources
  const title = element('span', '', name)
  title.dir = 'auto'
  const link = outwardLink(source?.url, title)
  if (link !== null) link.append(element('small', '', link.hostname.replace(/^www\./, '')))
  return element('li', '', link ?? title)
}

function isVisible(words: string): boolean {
  return /[^\s\p{C}\p{M}]/u.test(words)
}
