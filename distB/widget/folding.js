import { button } from './element.js';
/** What is longer is folded: as many characters, or lines. */
const LONG = 900;
const MANY_LINES = 14;
/** Folds a long text, where that was not done before. Gives the button that opens and folds it again; nothing where it is short. */
export function folding(body, strings) {
    const text = body.textContent ?? '';
    if (text.length <= LONG && text.split('\n').length <= MANY_LINES)
        return [];
    body.dataset.folded ??= 'true';
    const label = () => (body.dataset.folded === 'true' ? strings.showAll : strings.showLess);
    const control = button('link', label(), () => {
        body.dataset.folded = String(body.dataset.folded !== 'true');
        control.textContent = label();
    });
    return [control];
}
//# sourceMappingURL=folding.js.map