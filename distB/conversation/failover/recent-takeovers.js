import { MAX_REPORTED } from '../../ports/report.js';
const HOUR_MS = 60 * 60 * 1000;
/** The takeovers of this replica that operators may want to look at: the latest, of the last hour. */
export class RecentTakeovers {
    #clock;
    #latestFirst = [];
    constructor(clock) {
        this.#clock = clock;
    }
    add(takeover) {
        this.#latestFirst = [{ at: this.#clock.wallTime(), ...takeover }, ...this.#latestFirst.slice(0, MAX_REPORTED - 1)];
    }
    get list() {
        const since = this.#clock.wallTime() - HOUR_MS;
        return this.#latestFirst.filter(({ at }) => at >= since);
    }
}
//# sourceMappingURL=recent-takeovers.js.map