/** Defines an element, once: the page may have it from another copy of the widget. */
export function define(name, type) {
    // On a server there is nothing to define; a page that it renders may import this all the same.
    if (globalThis.customElements?.get(name) === undefined)
        globalThis.customElements?.define(name, type);
}
//# sourceMappingURL=define.js.map