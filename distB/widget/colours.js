/** The colours of code: a file of its own, loaded when there is code for the first time. */
import { common, createLowlight } from 'lowlight';
const lowlight = createLowlight(common);
/** The code as text and `span`s with `hljs-…` classes; null where the language is not known. */
export function coloured(code, language) {
    if (!lowlight.registered(language))
        return null;
    const fragment = document.createDocumentFragment();
    fragment.append(...lowlight.highlight(language, code).children.map(nodeOf));
    return fragment;
}
function nodeOf({ value, children = [], properties }) {
    if (typeof value === 'string')
        return value;
    const span = document.createElement('span');
    if (Array.isArray(properties?.className))
        span.className = properties.className.join(' ');
    span.append(...children.map(nodeOf));
    return span;
}
//# sourceMappingURL=colours.js.map