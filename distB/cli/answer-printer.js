import { styleText } from 'node:util';
import { MarkdownStyle } from './markdown-style.js';
import { WordWrap } from './word-wrap.js';
/** Writes an answer to a terminal as it grows. What is written stays: where an answer starts again, it is written again below. */
export class AnswerPrinter {
    #out;
    #wrap;
    #style;
    /** The message and attempt that is being written. */
    #which = '';
    #written = '';
    #atLineStart = true;
    constructor(out) {
        this.#out = out;
        this.#wrap = new WordWrap(() => out.columns || Number.POSITIVE_INFINITY);
        this.#style = this.#freshStyle();
    }
    /** Writes what this view of the answer adds to the one before. */
    print({ id, attempt, content }) {
        const which = `${id}:${attempt}`;
        // What is held can also become another text: what Redis holds counts (D3).
        if (which !== this.#which || !content.startsWith(this.#written)) {
            if (this.#written !== '') {
                this.end();
                this.#out.write(`${styleText('dim', '(the answer starts again)', { stream: this.#out })}\n`);
            }
            this.#which = which;
            this.#written = '';
        }
        for (const [line] of content.slice(this.#written.length).matchAll(/[^\n]*\n|[^\n]+$/g))
            this.#add(line);
        this.#written = content;
    }
    /** Ends the last line. */
    end() {
        this.#write(this.#wrap.push(this.#style.end(), this.#style.isInCode));
        if (!this.#atLineStart)
            this.#write(this.#wrap.push('\n', true));
        this.#style = this.#freshStyle();
    }
    /** A line of the answer, or a part of one. */
    #add(text) {
        const wasInCode = this.#style.isInCode;
        const styled = this.#style.push(text);
        this.#write(this.#wrap.push(styled, wasInCode || this.#style.isInCode));
    }
    #freshStyle() {
        return new MarkdownStyle((this.#out.getColorDepth?.() ?? 1) > 1);
    }
    #write(text) {
        if (text === '')
            return;
        this.#out.write(text);
        this.#atLineStart = text.endsWith('\n');
    }
}
//# sourceMappingURL=answer-printer.js.map