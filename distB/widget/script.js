/** The `script` element that brought the widget, and what its attributes say. */
/** Undefined where the widget did not come by a `script` element of this page, as in a bundle; and on a server, where there is no page. */
let script;
/** `url`: where the module that such an element names came from; before any of the elements is defined. */
export function broughtBy(url) {
    script = [...document.querySelectorAll('script[type=module]')].find(({ src }) => src === url);
}
/** What `data-<name>` of the script says. */
export function scriptSays(name) {
    return script?.getAttribute(`data-${name}`) ?? null;
}
/** Where the script came from, with the prefix under which the gateway is mounted (R6), without a slash at the end. */
export function home() {
    return script === undefined ? (globalThis.location?.origin ?? '') : new URL('.', script.src).href.replace(/\/$/, '');
}
//# sourceMappingURL=script.js.map