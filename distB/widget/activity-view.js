import { element } from './element.js';
/** What goes on with an answer while its next text does not come (F7); the model's own words, where they are shown, folded. */
export class ActivityView {
    element = element('div', 'activity');
    #strings;
    #shown = null;
    #words = null;
    constructor(strings) {
        this.#strings = strings;
    }
    show(activity) {
        if (activity === this.#shown)
            return;
        const { kind, text } = activity;
        const label = this.#strings[kind];
        if (text === undefined)
            this.element.replaceChildren(element('span', '', label));
        else if (this.#words === null || this.#shown?.kind !== kind)
            this.#fold(label);
        if (this.#words !== null)
            this.#words.data = text ?? '';
        if (text === undefined)
            this.#words = null;
        this.#shown = activity;
    }
    /** Stays as it is, open or not, while words come. */
    #fold(label) {
        this.#words = document.createTextNode('');
        this.element.replaceChildren(folded(label, this.#words));
    }
}
/** What the model thought, folded. */
export function folded(label, words) {
    return element('details', 'reasoning', element('summary', '', label), element('div', '', words));
}
//# sourceMappingURL=activity-view.js.map