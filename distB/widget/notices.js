import { ClientError } from '../client/index.js';
import { filled } from './locales/index.js';
import { reasonOf } from './message-view.js';
const PROBLEM_SHOWN_MS = 6000;
/** Milliseconds in which a screen reader notices what was said. */
const SAID_MS = 3000;
/** Words that are there for a moment: what did not work, and what was just done, for who does not see it. */
export class Notices {
    #changed;
    #strings;
    #timers = new Map();
    problem = '';
    said = '';
    constructor(changed, strings) {
        this.#changed = changed;
        this.#strings = strings;
    }
    /** Shows why something did not work. */
    fail(error) {
        const strings = this.#strings();
        const said = error instanceof Error ? error.message : String(error);
        const reason = error instanceof ClientError ? reasonOf(error, strings) : said;
        this.#show('problem', filled(strings.failed, reason), PROBLEM_SHOWN_MS);
    }
    /** Waits for the work; shows why it did not work. */
    async attempt(work) {
        await work.catch((error) => this.fail(error));
    }
    say(words) {
        this.#show('said', words, SAID_MS);
    }
    #show(which, words, ms) {
        this[which] = words;
        clearTimeout(this.#timers.get(which));
        if (words !== '')
            this.#timers.set(which, setTimeout(() => this.#show(which, '', 0), ms));
        this.#changed();
    }
}
//# sourceMappingURL=notices.js.map