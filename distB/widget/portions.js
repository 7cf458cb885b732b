/** Children of one element that are put on the page at once: more of them, such as the rows of a long table, are a long layout. */
const AT_ONCE = 500;
/** Milliseconds between them, for whatever else there is to do. */
const REST_MS = 50;
/** What waits to be appended, by the element. */
const waiting = new WeakMap();
/** Appends nodes, the later of very many a moment later. What waited from a call before is dropped. */
export function append(parent, nodes) {
    for (const node of nodes.slice(0, AT_ONCE))
        parent.appendChild(node);
    const rest = nodes.slice(AT_ONCE);
    waiting.set(parent, rest);
    if (rest.length === 0)
        return;
    setTimeout(() => {
        if (parent.isConnected && waiting.get(parent) === rest)
            append(parent, rest);
    }, REST_MS);
}
/** The same for the rows of the tables in `part`, which is not on the page yet, but soon. */
export function inPortions(part) {
    if (!(part instanceof Element || part instanceof DocumentFragment))
        return part;
    for (const body of part.querySelectorAll('tbody')) {
        const rows = [...body.rows];
        if (rows.length <= AT_ONCE)
            continue;
        body.replaceChildren();
        append(body, rows);
    }
    return part;
}
//# sourceMappingURL=portions.js.map