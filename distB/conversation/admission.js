import { nothingTaken } from '../ports/rate-limiter.js';
import { BatonError } from '../protocol/errors.js';
import { exhausted, limited, saturated, usedUp } from './guards.js';
/** Whether something new may be begun for a caller: each limit takes its part of it, or says why not (X5). */
export class Admission {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** Takes this answer of the session from all that the caller is allowed. */
    async answer(caller, sessionId, answer) {
        const { limiter, quotas } = this.#options;
        const taken = await limiter.take(caller.user ?? caller.clientAddress);
        if (typeof taken === 'number')
            return limited(taken);
        const refusal = this.#isFull ? saturated() : await this.#overBudget();
        const used = refusal ?? (await this.#quota(caller, (account) => quotas.beginAnswer(account, sessionId, answer)));
        if (used instanceof BatonError) {
            await taken();
            return used;
        }
        return async () => {
            await Promise.all([taken(), used()]);
        };
    }
    /** Takes a session that is to be made. Rejects where the caller may make none now. */
    async session(caller) {
        const used = await this.#quota(caller, (account) => this.#options.quotas.makeSession(account));
        if (used instanceof BatonError)
            throw used;
        return used;
    }
    async #quota({ user, group }, take) {
        if (user === null)
            return nothingTaken;
        const taken = await take({ user, group });
        return typeof taken === 'function' ? taken : usedUp(taken);
    }
    /** Another answer would only make those that run later: they go on, new ones wait or go elsewhere. */
    get #isFull() {
        const { load, runner } = this.#options;
        return load.saturated() && runner.count > 0;
    }
    async #overBudget() {
        const { budget, meter } = this.#options;
        const waitMs = await budget.exhausted();
        if (waitMs === null)
            return null;
        meter.overBudget(1);
        return exhausted(waitMs);
    }
}
//# sourceMappingURL=admission.js.map