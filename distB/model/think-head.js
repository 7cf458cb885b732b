const OPEN = '<think>';
const CLOSE = '</think>';
/** Where the reasoning came in fields of its own, a closing tag may come alone: Gemini's is another one, with no line ends after it. */
const TAGS = [OPEN, CLOSE, '</thought>'];
/** What a template writes after the closing tag. More whitespace is the text's own: where an answer is gone on with, it begins with some. */
const LINE_ENDS = /^(\r?\n){0,2}/;
/** UTF-16 units of whitespace that are held back at the head of an answer; more is text. */
const MAX_BLANK = 256;
/**
 * Takes `<think>…</think>` at the head of an answer out of its text, however its pieces are cut (F7). Only the head counts: the tag is
 * text wherever anything but whitespace stands before it. The whitespace before it and two line ends after it go with it.
 */
export class ThinkHead {
    #reasons;
    #state = 'head';
    #held = '';
    constructor(reasons) {
        this.#reasons = reasons;
    }
    /** From then on pieces are text as they are. */
    get isOver() {
        return this.#state === 'over';
    }
    /** Whether all that came has been passed on, and nothing that came changes what the next piece means. */
    get isSettled() {
        return this.isOver || (this.#state === 'head' && this.#held === '');
    }
    /** Takes the next piece and gives the text that is known by now, perhaps none. */
    push(piece) {
        this.#held += piece;
        if (this.#state === 'head')
            this.#lookForOpening();
        if (this.#state === 'thinking')
            this.#lookForClosing();
        if (this.#state === 'thought')
            this.#lookForText();
        return this.isOver ? this.#release() : '';
    }
    /** The answer has ended: gives the text that was held back. */
    end() {
        if (this.#state === 'thinking' && this.#held !== '')
            this.#reasons(this.#release());
        if (this.#state === 'thought')
            this.#held = '';
        this.#state = 'over';
        return this.#release();
    }
    #lookForOpening() {
        const begun = this.#held.trimStart();
        const tag = TAGS.find((known) => begun.startsWith(known));
        if (tag !== undefined) {
            this.#state = tag === OPEN ? 'thinking' : tag === CLOSE ? 'thought' : 'over';
            this.#held = begun.slice(tag.length);
            this.#reasons('');
        }
        else if (!TAGS.some((known) => known.startsWith(begun)) || this.#held.length > MAX_BLANK)
            this.#state = 'over';
    }
    #lookForClosing() {
        const at = this.#held.indexOf(CLOSE);
        const end = at === -1 ? this.#held.length - tailOf(this.#held) : at;
        if (end > 0)
            this.#reasons(this.#held.slice(0, end));
        this.#held = this.#held.slice(at === -1 ? end : at + CLOSE.length);
        if (at !== -1)
            this.#state = 'thought';
    }
    #lookForText() {
        if (this.#held.trimStart() === '' && this.#held.length <= MAX_BLANK)
            return;
        this.#held = this.#held.replace(LINE_ENDS, '');
        this.#state = 'over';
    }
    #release() {
        const held = this.#held;
        this.#held = '';
        return held;
    }
}
/** How much of the end of `text` may be the beginning of the closing tag. */
function tailOf(text) {
    for (let length = Math.min(text.length, CLOSE.length - 1); length > 0; length--) {
        if (text.endsWith(CLOSE.slice(0, length)))
            return length;
    }
    return 0;
}
//# sourceMappingURL=think-head.js.map