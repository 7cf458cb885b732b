import { dayOf, untilTomorrow } from '../day.js';
/** Seconds that a day's count is kept: past its end, whatever the replicas' clocks say. */
const KEPT_S = 2 * 24 * 60 * 60;
/**
 * Counts over all replicas in one key a day. While Redis is away nobody is refused, and what is spent is counted when it is
 * back: the budget bounds a bill, it is not the service.
 */
export class RedisTokenBudget {
    #connections;
    #options;
    #uncounted = 0;
    constructor(connections, options) {
        this.#connections = connections;
        this.#options = options;
    }
    async exhausted() {
        const { limit, clock } = this.#options;
        const spent = await this.#connections.commands.get(this.#key).catch(() => null);
        return Number(spent ?? 0) + this.#uncounted < limit ? null : untilTomorrow(clock.wallTime());
    }
    spend(tokens) {
        this.#uncounted += tokens;
        void this.#count();
    }
    async #count() {
        const tokens = this.#uncounted;
        this.#uncounted = 0;
        try {
            await this.#connections.commands.incrby(this.#key, tokens);
            await this.#connections.commands.expire(this.#key, KEPT_S);
        }
        catch (error) {
            this.#uncounted += tokens;
            this.#options.log.debug({ reason: error.message }, 'spent tokens are not counted yet');
        }
    }
    get #key() {
        return `${this.#connections.keys.limit('tokens')}:${dayOf(this.#options.clock.wallTime())}`;
    }
}
//# sourceMappingURL=token-budget.js.map