import { append, inPortions } from './portions.js';
/**
 * Makes the children of `there` those of `wanted`, which is used up. What is the same stays: it is not laid out again, and what a
 * reader has selected in it, or scrolled, is as it was.
 */
export function patch(there, wanted) {
    const old = [...there.childNodes];
    const fresh = [...wanted.childNodes];
    for (const [place, node] of fresh.entries()) {
        const before = old[place];
        if (before === undefined)
            break;
        if (before.isEqualNode(node))
            continue;
        if (before instanceof Text && node instanceof Text)
            renew(before, node.data);
        else if (before.cloneNode().isEqualNode(node.cloneNode()))
            patch(before, node);
        else
            there.replaceChild(inPortions(node), before);
    }
    append(there, fresh.slice(old.length).map(inPortions));
    for (const rest of old.slice(fresh.length))
        there.removeChild(rest);
}
/** Mostly words were added to it. */
function renew(text, data) {
    if (data.startsWith(text.data))
        text.appendData(data.slice(text.length));
    else
        text.data = data;
}
//# sourceMappingURL=patch.js.map