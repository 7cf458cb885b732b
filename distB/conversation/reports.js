import { MAX_REPORTED } from '../ports/report.js';
/** One that says nothing for so long is frozen, gone, or of a version that knows no reports. */
const PATIENCE_MS = 1000;
/** What replicas tell operators: each of itself, when one of them is asked. Nothing is told or kept while nobody asks. */
export class Reports {
    #options;
    #waiting = new Map();
    constructor(options) {
        this.#options = options;
    }
    /** By address, what each replica says of itself, as it came; null for one that says nothing. */
    async all() {
        const { address, detector } = this.#options;
        const others = await Promise.all(detector.others.map(async (other) => [other, await this.#ask(other, this.#options.newId(), null)]));
        return new Map([[address, this.#own()], ...others]);
    }
    /** Has a replica obey an order, which `orderFor` makes for it and this request; false where it does not say that it does. */
    async order(replica, orderFor) {
        const id = this.#options.newId();
        const order = orderFor(id);
        if (replica === this.#options.address)
            return this.#obeys(order, id);
        return (await this.#ask(replica, id, order)) !== null;
    }
    isKnown(replica) {
        const { address, detector } = this.#options;
        return replica === address || detector.others.includes(replica);
    }
    /** Another replica asks. */
    asked(from, id, order) {
        const obeys = order === null || this.#obeys(order, id);
        this.#options.bus.send(from, { kind: 'report', id, report: obeys ? this.#own() : null });
    }
    /** Another replica answers. */
    reported(id, report) {
        this.#waiting.get(id)?.(report);
    }
    #obeys(order, id) {
        return this.#options.operated?.obey(order, id) ?? false;
    }
    #ask(replica, id, order) {
        const { bus, clock, address } = this.#options;
        return new Promise((resolve) => {
            const settle = (report) => {
                this.#waiting.delete(id);
                timer.cancel();
                resolve(report);
            };
            const timer = clock.after(PATIENCE_MS, () => settle(null));
            this.#waiting.set(id, settle);
            bus.send(replica, { kind: 'ask', from: address, id, order });
        });
    }
    /** Costs what the replica produces at the moment, not what sessions there are. */
    #own() {
        const { address, runner, takeovers, operated } = this.#options;
        const oldestFirst = runner.running.sort((one, other) => one.startedAt - other.startedAt);
        const running = oldestFirst
            .slice(0, MAX_REPORTED)
            .map(({ sessionId, userId, message, startedAt, text, state }) => ({
            sessionId,
            messageId: message.id,
            userId,
            startedAt,
            attempt: message.attempt,
            characters: text.length,
            state,
        }));
        return { address, process: operated?.facts() ?? null, answers: runner.count, running, takeovers: takeovers.list };
    }
}
//# sourceMappingURL=reports.js.map