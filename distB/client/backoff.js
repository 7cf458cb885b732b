/** Growing waits with jitter: `low`, doubled each time up to `high`, each between half and the whole of that (milliseconds). */
export class Backoff {
    #low;
    #high;
    /** How many waits were given out since the last reset. */
    count = 0;
    constructor(low, high) {
        this.#low = low;
        this.#high = high;
    }
    next() {
        const whole = Math.min(this.#high, this.#low * 2 ** this.count);
        this.count++;
        return whole * (0.5 + Math.random() / 2);
    }
    reset() {
        this.count = 0;
    }
}
//# sourceMappingURL=backoff.js.map