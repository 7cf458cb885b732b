/** Milliseconds for which an ended response can be read, as at the provider. */
const KEPT_MS = 10 * 60_000;
/** The responses that can be read again: each about 10 minutes from its end, all together at most `limit`. */
export class ResponseStore {
    #kept = new Map();
    #limit;
    #now;
    constructor(options) {
        this.#limit = options.limit;
        this.#now = options.now;
    }
    /** Makes room by forgetting what has ended, the oldest first. False where all that is kept still runs. */
    makeRoom() {
        for (const [id, response] of this.#kept)
            if (this.#expired(response))
                this.#kept.delete(id);
        for (const [id, { run }] of this.#kept) {
            if (this.#kept.size < this.#limit)
                break;
            if (run.endedAt !== null)
                this.#kept.delete(id);
        }
        return this.#kept.size < this.#limit;
    }
    add(id, response) {
        this.#kept.set(id, response);
    }
    get(id) {
        const response = this.#kept.get(id);
        return response === undefined || this.#expired(response) ? undefined : response;
    }
    /** For the end of the process: no timer stays behind. */
    cancelAll() {
        for (const { run } of this.#kept.values())
            run.cancel();
    }
    #expired({ run }) {
        return run.endedAt !== null && this.#now() - run.endedAt >= KEPT_MS;
    }
}
//# sourceMappingURL=response-store.js.map