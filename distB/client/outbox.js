import { Backoff } from './backoff.js';
import { ClientError } from './errors.js';
/** How often the gateway may refuse a message with a retryable error before it counts as failed. */
const MAX_REFUSALS = 10;
/** How often the gateway may acknowledge a message with `persisted: false` and lose it before it counts as failed. */
const MAX_LOSSES = 10;
/** A `retryAfterMs` beyond this is told to the user instead of being waited for. */
const MAX_WAIT_MS = 60_000;
/** Sends messages one after the other, each until it is acknowledged, so that what was typed offline arrives exactly once. */
export class Outbox {
    #deps;
    #backoff = new Backoff(200, 5000);
    #entries = [];
    /** Acknowledged, but not known to be in Redis, in the order in which they were sent. */
    #provisional = [];
    #flushing = false;
    #wake = null;
    constructor(deps) {
        this.#deps = deps;
        for (const draft of deps.storage.unsent)
            this.#entries.push(unattended(draft, true));
    }
    get list() {
        return this.#entries.map(({ draft, error }) => ({ ...draft, status: error === null ? 'pending' : 'failed', error }));
    }
    get hasPending() {
        return this.#entries.some(({ error }) => error === null);
    }
    /** Something was acknowledged that could still be lost (G1). */
    get hasProvisional() {
        return this.#provisional.length > 0;
    }
    add(draft) {
        const settled = new Promise((resolve, reject) => this.#entries.push(entryOf(draft, resolve, reject, false)));
        settled.catch(() => { }); // a failure is in the list as well: not everybody has to wait for it here
        this.#deps.storage.keep(draft);
        this.#deps.changed();
        this.flush();
        return settled;
    }
    retry(id) {
        const entry = this.#entries.find(({ draft }) => draft.id === id);
        if (entry?.error == null)
            return;
        entry.error = null;
        entry.losses = 0;
        this.#deps.storage.keep(entry.draft);
        this.#deps.changed();
        this.flush();
    }
    discard(id) {
        const index = this.#entries.findIndex(({ draft, error }) => draft.id === id && error !== null);
        if (index === -1)
            return;
        this.#entries.splice(index, 1);
        this.#deps.storage.drop(id);
        this.#deps.changed();
    }
    /**
     * It is known what Redis holds: a message that was acknowledged with `persisted: false` and is not there goes out again, under
     * its old id, before everything that was said later (M2, G4).
     */
    settle(isThere) {
        const taken = this.#provisional.splice(0);
        const lost = taken.filter(({ draft }) => !isThere(draft.id));
        for (const { draft } of taken)
            if (isThere(draft.id))
                this.#deps.storage.drop(draft.id);
        this.#entries.unshift(...lost.map(({ draft, losses }) => ({ ...unattended(draft, false), losses: losses + 1 })));
        for (const entry of this.#entries)
            if (entry.losses > MAX_LOSSES && entry.error === null)
                this.#failed(entry, lostError());
    }
    /** The session of what was acknowledged is over: nothing of it is sent again. */
    forgetProvisional() {
        for (const { draft } of this.#provisional.splice(0))
            this.#deps.storage.drop(draft.id);
    }
    /** Gives up everything that is on its way. */
    empty() {
        this.forgetProvisional();
        for (const { draft, reject } of this.#entries.splice(0)) {
            this.#deps.storage.drop(draft.id);
            reject(new ClientError('closed', 'a new conversation was begun'));
        }
        this.#deps.changed();
    }
    /** Sends what is pending as far as that is possible now. */
    flush() {
        if (this.#flushing || this.#next() === undefined)
            return;
        void this.#run();
    }
    /** Ends every wait. What is pending stays, and is sent when the client is opened again. */
    pause() {
        this.#wake?.();
        for (const entry of this.#entries)
            entry.reject(new ClientError('closed', 'the client was closed'));
    }
    /** Never rejects. What is added once it has found nothing more starts another. */
    async #run() {
        this.#flushing = true;
        this.#backoff.reset();
        for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
            if (!(await this.#try(entry)))
                break;
        }
        this.#flushing = false;
    }
    /** One try; false where the next makes sense only once the session is open again: then `flush` is called. */
    async #try(entry) {
        entry.sent = true;
        try {
            const sent = await this.#deps.deliver(entry.draft);
            this.#delivered(entry, sent);
            entry.resolve(sent);
            this.#backoff.reset();
        }
        catch (thrown) {
            const error = thrown;
            if (error.isTransport || error.code === 'closed')
                return false;
            entry.sent = false; // refused, so it is not there
            const wait = error.retryAfterMs ?? this.#backoff.next();
            if (error.retryable && this.#backoff.count <= MAX_REFUSALS && wait <= MAX_WAIT_MS)
                await this.#sleep(wait);
            else {
                this.#failed(entry, error);
                entry.reject(error);
            }
        }
        return true;
    }
    #next() {
        const entry = this.#entries.find(({ error }) => error === null);
        return entry !== undefined && this.#deps.ready(entry.sent) ? entry : undefined;
    }
    #delivered(entry, { persisted }) {
        const index = this.#entries.indexOf(entry);
        if (index === -1)
            return; // it was given up meanwhile
        this.#entries.splice(index, 1);
        if (persisted)
            this.#deps.storage.drop(entry.draft.id);
        else
            this.#provisional.push(entry);
        this.#deps.changed();
    }
    #failed(entry, error) {
        entry.error = error;
        this.#deps.storage.drop(entry.draft.id);
        this.#deps.changed();
    }
    #sleep(ms) {
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, ms);
            this.#wake = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
}
/** One whose sender does not wait for it any more. */
function unattended(draft, sent) {
    const ignore = () => { };
    return entryOf(draft, ignore, ignore, sent);
}
function entryOf(draft, resolve, reject, sent) {
    return { draft, error: null, sent, losses: 0, resolve, reject };
}
function lostError() {
    const message = 'the gateway took the message and lost it, time after time';
    return new ClientError('interrupted', message, { retryable: true });
}
//# sourceMappingURL=outbox.js.map