import { codeBlock } from './code-block.js';
import { directionOf } from './direction.js';
import { element, outwardLink } from './element.js';
import { decoded } from './entities.js';
/**
 * Parsed markdown as nodes. There is no HTML on the way that would have to be cleaned: elements are made one by one from the few
 * kinds below, everything that an answer contains is put in as text, and the one attribute that comes from it is a link's
 * checked address. So nothing in it can run, load or style anything (W4).
 */
export function nodesOf(tokens, strings) {
    const fragment = document.createDocumentFragment();
    for (const token of tokens)
        fragment.append(nodeOf(token, strings));
    return fragment;
}
function nodeOf(token, strings) {
    switch (token.type) {
        case 'space':
        case 'def':
            return '';
        case 'paragraph':
            return directed(made('p', token, strings));
        case 'heading':
            return directed(headingOf(token, strings));
        case 'blockquote':
            return directed(made('blockquote', token, strings));
        case 'list':
            return directed(listOf(token, strings));
        case 'table':
            return directed(tableOf(token, strings));
        case 'code':
            return codeBlock(token.text, languageOf(token.lang), strings);
        case 'hr':
        case 'br':
            return element(token.type, '');
        case 'strong':
        case 'em':
        case 'del':
            return made(token.type, token, strings);
        case 'codespan':
            return element('code', '', token.text);
        case 'link':
            return linkOf(token, nodesOf(token.tokens, strings));
        // Nothing remote is loaded: an image becomes a link to it.
        case 'image':
            return linkOf(token, decoded(token.text) || token.href);
        case 'checkbox':
            return token.checked ? '☑ ' : '☐ ';
        // A model that writes about HTML means to show it; only a line break in a table's cell has no other spelling.
        case 'html':
            if (/^<br ?\/?>$/i.test(token.text))
                return element('br', '');
            return token.block ? directed(element('p', '', token.text.trimEnd())) : token.text;
        case 'escape':
            return token.text;
        case 'text':
            return 'tokens' in token && token.tokens !== undefined ? nodesOf(token.tokens, strings) : decoded(token.text);
        default:
            return token.raw;
    }
}
/** All of one rank, below the chat's own title: answers skip ranks as they like, and who hears a page is lost by that. */
function headingOf(token, strings) {
    const heading = made('h3', token, strings);
    heading.dataset.depth = String(token.depth);
    return heading;
}
function made(name, { tokens }, strings) {
    return element(name, '', nodesOf(tokens ?? [], strings));
}
function listOf({ ordered, start, items }, strings) {
    const children = items.map((item) => made('li', item, strings));
    if (!ordered)
        return element('ul', '', ...children);
    const list = element('ol', '', ...children);
    if (typeof start === 'number' && start !== 1)
        list.start = start;
    return list;
}
function tableOf({ header, rows }, strings) {
    const rowOf = (cells, name) => element('tr', '', ...cells.map((cell) => alignedCell(made(name, cell, strings), cell.align)));
    const head = element('thead', '', rowOf(header, 'th'));
    const table = element('table', '', head, element('tbody', '', ...rows.map((row) => rowOf(row, 'td'))));
    table.tabIndex = 0; // scrolls sideways, so the keyboard must reach it
    return table;
}
function alignedCell(cell, align) {
    if (align !== null)
        cell.setAttribute('align', align);
    return cell;
}
function linkOf({ href, title }, content) {
    const link = outwardLink(decoded(href), content);
    if (link !== null && title)
        link.title = decoded(title);
    return link ?? content;
}
function languageOf(info) {
    return /^[\w+#.-]{1,40}/.exec(info ?? '')?.[0] ?? '';
}
function directed(block) {
    block.dir = directionOf(block.textContent ?? '');
    return block;
}
//# sourceMappingURL=markdown-dom.js.map