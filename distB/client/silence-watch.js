const LONGEST_WAIT_MS = 10_000;
/**
 * Calls `probe` when an expected answer is silent for `silenceMs`, and again after ever longer waits until something is
 * heard: the replica may be frozen, which the heartbeat would show only much later, or the model may just be thinking.
 */
export class SilenceWatch {
    #silenceMs;
    #probe;
    #timer;
    #wait;
    #heardAt = 0;
    constructor(silenceMs, probe) {
        this.#silenceMs = silenceMs;
        this.#wait = silenceMs;
        this.#probe = probe;
    }
    /** Cheap: it is called for every delta. */
    heard() {
        this.#heardAt = performance.now();
        this.#wait = this.#silenceMs;
    }
    expect(expected) {
        if (expected && this.#timer === undefined) {
            this.heard();
            this.#arm(this.#wait);
        }
        else if (!expected) {
            clearTimeout(this.#timer);
            this.#timer = undefined;
        }
    }
    #arm(ms) {
        this.#timer = setTimeout(() => this.#check(), ms);
    }
    #check() {
        const left = this.#heardAt + this.#wait - performance.now();
        if (left > 0) {
            this.#arm(left);
            return;
        }
        this.#heardAt = performance.now();
        this.#wait = Math.min(this.#wait * 1.5, LONGEST_WAIT_MS);
        this.#arm(this.#wait);
        this.#probe();
    }
}
//# sourceMappingURL=silence-watch.js.map