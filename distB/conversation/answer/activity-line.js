import { TextGate } from '../../session/text-gate.js';
/** Between two events of one answer, in milliseconds: with one more that closes a phase there are never over four in a second. */
const PACE_MS = 334;
/** Phases that are closed by their last words, at most one in so many milliseconds. */
const CLOSE_MS = 1000;
/** After which what still goes on is said again: to those who have come meanwhile, or were not told. */
const REPEAT_MS = 2000;
/** UTF-16 units of the model's words that one event may carry; more of them are dropped. */
const MAX_WORDS = 16 * 1024;
/**
 * What goes on with one answer while none of its text comes (F7): told at most four times a second, in its place between the
 * pieces of text, and again while it lasts. Every call but the first of a phase costs next to nothing.
 */
export class ActivityLine {
    #options;
    #kind = null;
    #words = '';
    #gate = new TextGate();
    #timer = null;
    /** The timer is for something that was not told yet. */
    #isDue = false;
    #toldAt = Number.NEGATIVE_INFINITY;
    #closedAt = Number.NEGATIVE_INFINITY;
    #ended = false;
    constructor(options) {
        this.#options = options;
    }
    /** What goes on; null while text comes, or nothing is known. */
    get kind() {
        return this.#kind;
    }
    /** From now on this goes on, until something else does or `clear`; `words` are the model's, next in order. */
    tell(kind, words = '') {
        if (this.#ended)
            return;
        const isNew = kind !== this.#kind;
        this.#kind = kind;
        if (words !== '' && this.#words.length < MAX_WORDS)
            this.#words += this.#gate.push(words.slice(0, MAX_WORDS));
        if (this.#isDue || (!isNew && this.#words === ''))
            return;
        const waitMs = Math.min(PACE_MS, this.#toldAt + PACE_MS - this.#options.clock.now());
        if (waitMs <= 0)
            return this.#emit();
        this.#isDue = true;
        this.#arm(waitMs);
    }
    /** Text comes, or what went on is over. The last words are told before it, if they may be. */
    clear() {
        if (this.#kind === null)
            return;
        const now = this.#options.clock.now();
        if (this.#words !== '' && Math.abs(now - this.#closedAt) >= CLOSE_MS && this.#options.isQuiet()) {
            this.#closedAt = now;
            this.#emit();
        }
        this.#timer?.cancel();
        this.#kind = null;
        this.#words = '';
        this.#isDue = false;
    }
    /** Nothing more is told. */
    end() {
        this.#words = '';
        this.clear();
        this.#ended = true;
    }
    #emit() {
        const { clock, isQuiet, tell } = this.#options;
        if (this.#kind === null)
            return;
        this.#isDue = !isQuiet();
        if (this.#isDue)
            return this.#arm(PACE_MS);
        const words = this.#words;
        this.#words = '';
        this.#toldAt = clock.now();
        this.#arm(REPEAT_MS);
        tell(this.#kind, words);
    }
    #arm(ms) {
        this.#timer?.cancel();
        this.#timer = this.#options.clock.after(ms, () => this.#emit());
    }
}
//# sourceMappingURL=activity-line.js.map