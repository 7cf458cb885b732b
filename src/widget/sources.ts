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
  const title = element('span', '', String(source?.title ?? source?.url ?? strings.sources))
  title.dir = 'auto'
  const link = outwardLink(source?.url, title)
  if (link !== null) link.append(element('small', '', link.hostname.replace(/^www\./, '')))
  return element('li', '', link ?? title)
}
