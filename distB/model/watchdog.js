/** Bites where nothing is fed to it for so long. Feeding is cheap, because it is done for every read: no timer moves. */
export class Watchdog {
    #ms;
    #bite;
    #fedAt = 0;
    #timer;
    /** It sleeps until it is started. */
    constructor(ms, bite) {
        this.#ms = ms;
        this.#bite = bite;
    }
    get isAwake() {
        return this.#timer !== undefined;
    }
    feed() {
        this.#fedAt = performance.now();
    }
    stop() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
    }
    start() {
        this.stop();
        this.feed();
        this.#arm(this.#ms);
    }
    #arm(ms) {
        this.#timer = setTimeout(() => this.#look(), ms);
    }
    #look() {
        const left = this.#fedAt + this.#ms - performance.now();
        if (left > 0)
            this.#arm(left);
        else
            this.#bite();
    }
}
//# sourceMappingURL=watchdog.js.map