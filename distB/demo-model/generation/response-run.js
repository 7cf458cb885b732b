import { EventEmitter, once } from 'node:events';
/**
 * One answer of the Responses API and the record of it: tokens are kept, so that any reader can start anywhere and go
 * on live. It is generated at the model's pace whether anybody reads or not, until it ends or is cancelled.
 */
export class ResponseRun {
    tokens = [];
    /** Milliseconds since the epoch; null while it runs. */
    endedAt = null;
    status = 'in_progress';
    #plan;
    #now;
    #cancelled = new AbortController();
    #changes = new EventEmitter().setMaxListeners(0);
    constructor(plan, now) {
        this.#plan = plan;
        this.#now = now;
        void this.#generate();
    }
    get text() {
        return this.tokens.join('');
    }
    get outcome() {
        return this.#plan.outcome();
    }
    /** Ends the work and keeps the text so far; nothing where it has ended already. */
    cancel() {
        this.#end('cancelled');
        this.#cancelled.abort();
    }
    /** Resolves at the next token or at the end; at once where it has ended or `signal` aborts. */
    async changed(signal) {
        if (this.status !== 'in_progress')
            return;
        await once(this.#changes, 'change', { signal }).catch(() => { }); // it rejects for nothing but the abort
    }
    async #generate() {
        for await (const token of this.#plan.tokens(this.#cancelled.signal)) {
            if (this.status !== 'in_progress')
                return;
            this.tokens.push(token);
            this.#changes.emit('change');
        }
        this.#end(this.outcome.finishReason === 'length' ? 'incomplete' : 'completed');
    }
    #end(status) {
        if (this.status !== 'in_progress')
            return;
        this.status = status;
        this.endedAt = this.#now();
        this.#changes.emit('change');
    }
}
//# sourceMappingURL=response-run.js.map