import { encodeMessage } from '../message-json.js';
import { asInterrupted } from './answers.js';
/**
 * Brings one held session back to the shared store and releases it (G2, G4). It goes on in memory until the store's reply
 * is there; where messages came meanwhile the call is made again.
 */
export class Returning {
    #held;
    #options;
    constructor(held, options) {
        this.#held = held;
        this.#options = options;
    }
    /** Whether it is back; else it has to be tried again. Rejects with what the store rejects with. */
    async run() {
        const { recall } = this.#options;
        const { id, dirty, version } = this.#held;
        const here = this.#here();
        const isUnchanged = !dirty && here?.session.version === version;
        return isUnchanged ? this.#rejoin() : recall.tracked(id, () => this.#reconcile());
    }
    #here() {
        return this.#options.memory.peek(this.#held.id);
    }
    /** Nothing was added here: the subscribers are shown what the store holds. */
    async #rejoin() {
        const { shared, recall } = this.#options;
        const { id } = this.#held;
        const here = this.#here();
        const watch = recall.watchOf(id);
        const snapshot = await shared.open({ sessionId: id, userId: null, watch, knownVersion: null });
        if (!this.#isStill(here, watch))
            return false;
        this.#release({ snapshot, watchers: [] });
        return true;
    }
    async #reconcile() {
        for (;;) {
            const here = this.#here();
            const watch = this.#options.recall.watchOf(this.#held.id);
            const timedOut = { snapshot: null, watchers: [] }; // in memory
            const stored = here === null ? timedOut : await this.#bring(here, watch);
            if (stored === null)
                return false;
            if (!this.#isStill(here, watch))
                continue;
            this.#release(stored);
            return true;
        }
    }
    /** No message has come since, and nobody has begun or ceased to follow: text that came is stored later. */
    #isStill(here, watch) {
        const isSame = this.#here()?.session.version === here?.session.version;
        return isSame && this.#options.recall.watchOf(this.#held.id)?.id === watch?.id;
    }
    /**
     * Null where another answer runs. It may end soon; else this replica's own ends as interrupted, for a session has one
     * running answer (M3) and all its followers have to hold the same in time (G6).
     */
    async #bring(here, watch) {
        const held = this.#held;
        const request = this.#request(here, watch);
        const reply = await this.#options.shared.reconcile(request);
        switch (reply.kind) {
            case 'busy':
                if (held.patience-- <= 0)
                    this.#options.recall.interrupt(held.id);
                return null;
            case 'behind':
                held.base = { ...held.base, seq: reply.lastSeq };
                return this.#bring(here, watch);
            case 'reconciled':
                held.base = { ...held.base, version: reply.snapshot.session.version };
                for (const { answer } of request.exchanges)
                    if (!stands(answer, reply.snapshot))
                        held.yielded.add(answer.id);
                return reply;
        }
    }
    #request({ session, messages, running }, watch) {
        const { base, yielded } = this.#held;
        const known = (messages ?? []).filter(({ seq }) => seq >= base.seq);
        const exchanges = exchangesOf(known, running).filter(({ answer }) => !yielded.has(answer.id));
        const last = exchanges.at(-1)?.answer;
        const runs = running !== null && running.messageId === last?.id;
        return { session, owner: this.#options.owner, base, exchanges, running: runs ? running : null, watch };
    }
    #release({ snapshot, watchers }) {
        const { recall, release } = this.#options;
        const { id, base } = this.#held;
        release(this.#held);
        recall.released(id, snapshot, { after: Math.max(0, base.seq - 1), watchers });
    }
}
/** Questions with their answers; one that streams is only this replica's to bring where this replica produces it. */
function exchangesOf(messages, running) {
    return messages.flatMap((answer, i) => {
        if (answer.role !== 'assistant')
            return [];
        const before = messages[i - 1];
        const question = before?.role === 'user' ? before : null;
        if (answer.status !== 'streaming')
            return [{ question, answer }];
        if (running?.messageId === answer.id)
            return [{ question, answer: { ...answer, attempt: running.attempt } }];
        return question === null ? [] : [{ question, answer: asInterrupted(answer) }];
    });
}
/** Whether the answer is in the store as it was brought. */
function stands(answer, { messages }) {
    return (messages ?? []).some((stored) => encodeMessage({ ...stored, seq: answer.seq }) === encodeMessage(answer));
}
//# sourceMappingURL=returning.js.map