/** Clocks of two machines may differ, and an order takes its time: by so much it may seem to be early or late. */
const FRESH_MS = 30_000;
/** Of what was taken while it was fresh; more than operators give. */
const MAX_TAKEN = 1000;
/** Takes what is signed with an id and a time once, and soon: whoever has overheard it can do nothing with it. */
export class OnceWhileFresh {
    #wallTime;
    #taken = new Map();
    constructor(wallTime) {
        this.#wallTime = wallTime;
    }
    /** False where it was taken before, or was not made about now. `at` is in epoch milliseconds. */
    takes(id, at) {
        for (const [taken, time] of this.#taken)
            if (!this.#isFresh(time))
                this.#taken.delete(taken);
        if (!this.#isFresh(at) || this.#taken.has(id) || this.#taken.size >= MAX_TAKEN)
            return false;
        this.#taken.set(id, at);
        return true;
    }
    #isFresh(at) {
        return Math.abs(this.#wallTime() - at) <= FRESH_MS;
    }
}
//# sourceMappingURL=once-while-fresh.js.map