/** How much of a text is looked at. */
const HEAD = 2000;
/** By what most of the text is: `dir="auto"` goes by its first word, which in a text about software is often a Latin name. */
export function directionOf(text) {
    const head = text.slice(0, HEAD);
    const rtl = head.match(/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/gu)?.length ?? 0;
    return rtl > 0 && rtl * 3 > (head.match(/\p{L}/gu)?.length ?? 0) ? 'rtl' : 'ltr';
}
//# sourceMappingURL=direction.js.map