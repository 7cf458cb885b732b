import { element, outwardLink } from './element.js';
/** What an answer was made from (S8): a card each, with its title and the site that it leads to. */
export function sourceCards(sources, strings) {
    if (!Array.isArray(sources) || sources.length === 0)
        return [];
    const list = element('ol', 'sources', ...sources.map((source) => cardOf(source, strings)));
    list.ariaLabel = strings.sources;
    return [list];
}
function cardOf(source, strings) {
    const title = element('span', '', String(source?.title ?? source?.url ?? strings.sources));
    title.dir = 'auto';
    const link = outwardLink(source?.url, title);
    if (link !== null)
        link.append(element('small', '', link.hostname.replace(/^www\./, '')));
    return element('li', '', link ?? title);
}
//# sourceMappingURL=sources.js.map