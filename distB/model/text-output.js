import { OverlapTrimmer } from './overlap.js';
import { ThinkHead } from './think-head.js';
/**
 * Passes an answer's text to the sink, and reasoning at its head as such; where the answer is the continuation of a stored text, without
 * what it repeats of that.
 */
export class TextOutput {
    #sink;
    #trimmer;
    /** Null once the head is past, so that it costs nothing from then on. */
    #head = new ThinkHead((piece) => this.reasoning(piece));
    #spoken = 0;
    /** `stored` is empty for an answer that begins anew. */
    constructor(sink, stored) {
        this.#sink = sink;
        this.#trimmer = stored === '' ? null : new OverlapTrimmer(stored);
    }
    /** UTF-16 units of text that came so far. */
    get spoken() {
        return this.#spoken;
    }
    /** Whether the sink has all text that came so far, and what comes next is text. */
    get isFlushed() {
        return (this.#head === null || this.#head.isSettled) && (this.#trimmer === null || this.#trimmer.decided);
    }
    text(piece) {
        return this.#say(this.#head === null ? piece : this.#behindHead(this.#head, piece));
    }
    /** What the model thinks; `''` where it is only known that it does. */
    reasoning(piece) {
        this.#sink.reasoning?.(piece);
    }
    /** The answer is whole: gives out what was still held back. */
    end() {
        const rest = this.#head?.end() ?? '';
        this.#spoken += rest.length;
        return this.#give(this.#trimmer === null ? rest : this.#trimmer.push(rest) + this.#trimmer.end());
    }
    #behindHead(head, piece) {
        const text = head.push(piece);
        if (head.isOver)
            this.#head = null;
        return text;
    }
    #say(text) {
        this.#spoken += text.length;
        return this.#give(this.#trimmer === null ? text : this.#trimmer.push(text));
    }
    #give(text) {
        return text === '' ? undefined : (this.#sink.text(text) ?? undefined);
    }
}
//# sourceMappingURL=text-output.js.map