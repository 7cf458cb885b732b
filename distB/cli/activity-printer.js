import { styleText } from 'node:util';
import { harmless } from './markdown-style.js';
const DOING = { thinking: 'Thinking…', searching: 'Searching…', retrying: 'Trying again…', resuming: 'Going on…' };
/** Writes, dimmed, what goes on while no text comes: each kind once, and what the model thinks as it comes (F7). */
export class ActivityPrinter {
    #out;
    #kind;
    #words = '';
    #atLineStart = true;
    constructor(out) {
        this.#out = out;
    }
    print(activity) {
        if (activity === null)
            return this.end();
        const { kind, text = '' } = activity;
        if (kind !== this.#kind) {
            this.end();
            this.#kind = kind;
            this.#write(`${DOING[kind]}\n`);
        }
        this.#write(harmless(addedTo(this.#words, text)));
        this.#words = text;
    }
    /** Ends the last line: something else comes. */
    end() {
        if (!this.#atLineStart)
            this.#write('\n');
        this.#kind = undefined;
        this.#words = '';
    }
    #write(text) {
        if (text === '')
            return;
        this.#out.write(styleText('dim', text, { stream: this.#out }));
        this.#atLineStart = text.endsWith('\n');
    }
}
/** What `now` has more than `before` at its end; a client drops the beginning of what has become long. */
function addedTo(before, now) {
    if (now.startsWith(before))
        return now.slice(before.length);
    const known = before.slice(-OVERLAP);
    const at = now.lastIndexOf(known);
    return at === -1 ? now : now.slice(at + known.length);
}
/** Characters by which it is known where the words went on. */
const OVERLAP = 200;
//# sourceMappingURL=activity-printer.js.map