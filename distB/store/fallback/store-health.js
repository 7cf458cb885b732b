const CERTAIN_MS = 1000;
const PROBE_MS = 100;
/** The one place that knows whether the store is usable (G1). */
export class StoreHealth {
    #options;
    #mode = 'usable';
    #since = 0;
    #decision = null;
    #closed = false;
    constructor(options) {
        this.#options = options;
    }
    get isAway() {
        return this.#mode === 'away';
    }
    /** A call that began at `startedAt` (epoch ms) failed for want of the store. */
    failed(startedAt) {
        if (this.#mode !== 'usable')
            return;
        this.#mode = 'doubtful';
        this.#since = startedAt;
        this.#decision = Promise.withResolvers();
        void this.#probe();
    }
    /** Resolves once the store is either usable or certainly away. */
    async decided() {
        await this.#decision?.promise;
    }
    close() {
        this.#closed = true;
        this.#decision?.resolve();
    }
    async #probe() {
        const { clock, probe } = this.#options;
        while (!this.#closed) {
            const alive = await this.#within(probe());
            if (alive)
                return this.#back();
            if (this.#mode === 'doubtful' && clock.now() - this.#since >= CERTAIN_MS)
                this.#leave();
            await new Promise((resolve) => clock.after(PROBE_MS, resolve));
        }
    }
    /** Whether the probe succeeded; a frozen store must not hold up the decision, so it is not waited for any longer. */
    async #within(probe) {
        const { clock } = this.#options;
        const verdict = Promise.withResolvers();
        const timer = clock.after(CERTAIN_MS, () => verdict.resolve(false));
        probe.then(() => verdict.resolve(true), () => verdict.resolve(false));
        const alive = await verdict.promise;
        timer.cancel();
        return alive;
    }
    #leave() {
        this.#mode = 'away';
        this.#options.log.warn({}, 'the store is away: sessions are served from memory');
        this.#options.onAway();
        this.#decide();
    }
    #back() {
        const was = this.#mode;
        this.#mode = 'usable';
        if (was === 'away') {
            this.#options.log.info({}, 'the store is back');
            this.#options.onBack();
        }
        this.#decide();
    }
    #decide() {
        this.#decision?.resolve();
        this.#decision = null;
    }
}
//# sourceMappingURL=store-health.js.map