/** Whether a link can be used. Losing it and having it back is logged once each. */
export class LinkState {
    #name;
    #log;
    #listeners = new Set();
    #ready = false;
    #complained = false;
    #closed = false;
    #lastError;
    constructor(name, log) {
        this.#name = name;
        this.#log = log;
    }
    get ready() {
        return this.#ready;
    }
    get lastError() {
        return this.#lastError;
    }
    onChange(listener) {
        this.#listeners.add(listener);
    }
    failed(error) {
        this.#lastError = error;
        if (!this.#ready)
            this.#complain();
    }
    turn(ready) {
        if (ready === this.#ready)
            return;
        this.#ready = ready;
        if (!ready)
            this.#complain();
        else if (this.#complained)
            this.#log.info({ connection: this.#name }, 'Redis is back');
        if (ready)
            this.#complained = false;
        for (const listener of this.#listeners)
            listener();
    }
    /** From now on nothing is logged: the end is meant. */
    close() {
        this.#closed = true;
    }
    #complain() {
        if (this.#complained || this.#closed)
            return;
        this.#complained = true;
        this.#log.warn({ connection: this.#name, reason: this.#lastError?.message }, 'Redis is away');
    }
}
//# sourceMappingURL=link.js.map