import { BatonClient } from '../client/index.js';
/** Shared by all viewers, so that they find each other's session. */
const USER = 'demo';
/** Somebody who follows the conversation with the client SDK, and the times at which text came. */
export class Viewer {
    client;
    /** When the text had which length; times as of `Date.now`. */
    arrivals = [];
    /** When the session was open again after a lost connection. */
    returns = [];
    /** Text that was shown was changed or withdrawn. */
    wasTakenBack = false;
    /** Called with each new piece, and with null where the answer starts again from nothing. */
    onText = () => { };
    #changes = new Set();
    #shown = '';
    #attempt = 1;
    #online = false;
    constructor(url) {
        this.client = new BatonClient({ url, userId: USER, resume: 'latest', storage: 'none' });
        this.client.subscribe(() => this.#look());
    }
    get answer() {
        return this.client.state.messages.findLast(({ role }) => role === 'assistant');
    }
    get shown() {
        return this.#shown;
    }
    /** Resolves as soon as `condition` holds; it is looked at after every change. Rejects when `quit` is aborted. */
    async until(condition, quit) {
        const { promise, resolve, reject } = Promise.withResolvers();
        const check = () => {
            if (condition())
                resolve();
        };
        const abort = () => reject(quit.reason);
        this.#changes.add(check);
        quit.addEventListener('abort', abort);
        try {
            if (quit.aborted)
                abort();
            check();
            await promise;
        }
        finally {
            this.#changes.delete(check);
            quit.removeEventListener('abort', abort);
        }
    }
    /** When it was first shown more than `length` characters. */
    beyond(length) {
        return this.arrivals.find((arrival) => arrival.length > length)?.at;
    }
    #look() {
        const { answer } = this;
        const { connection, replica } = this.client.state;
        const online = connection === 'online';
        if (online && !this.#online && replica !== null)
            this.returns.push({ at: Date.now(), replica });
        this.#online = online;
        if (answer !== undefined)
            this.#show(answer);
        for (const change of this.#changes)
            change();
    }
    #show({ content, attempt }) {
        if (attempt > this.#attempt) {
            this.#attempt = attempt;
            this.#shown = '';
            this.wasTakenBack = true;
            this.onText(null);
        }
        if (content === this.#shown)
            return;
        if (!content.startsWith(this.#shown))
            this.wasTakenBack = true;
        const piece = content.slice(this.#shown.length);
        this.#shown = content;
        this.arrivals.push({ at: Date.now(), length: content.length });
        if (piece !== '')
            this.onText(piece);
    }
}
//# sourceMappingURL=viewer.js.map