/** What there is to show before a client was made. */
export const IDLE = {
    connection: 'idle',
    session: null,
    messages: [],
    outbox: [],
    answering: false,
    activity: null,
    replica: null,
    backend: 'redis',
    ended: null,
    error: null,
};
/** Tells listeners once per turn of the event loop's microtasks, however much changed in it, and builds the state only when asked. */
export class Observed {
    #build;
    #listeners = new Set();
    #state = null;
    #telling = false;
    constructor(build) {
        this.#build = build;
    }
    get state() {
        this.#state ??= this.#build();
        return this.#state;
    }
    subscribe(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }
    changed() {
        this.#state = null;
        if (this.#telling || this.#listeners.size === 0)
            return;
        this.#telling = true;
        queueMicrotask(() => {
            this.#telling = false;
            for (const listener of this.#listeners)
                listener(this.state);
        });
    }
}
//# sourceMappingURL=client-state.js.map