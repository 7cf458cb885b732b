/** Milliseconds without a connection after which that is said, with something to do about it. */
const LATE_MS = 5000;
/** Watches whether the gateway can be reached, and tells the site's own people why not: visitors are told in other words. */
export class ReachWatch {
    #changed;
    #state = null;
    #timer;
    /** There has been no connection for a while. */
    isLate = false;
    constructor(changed) {
        this.#changed = changed;
    }
    watch(state) {
        const { connection } = state;
        if (connection === 'offline' && this.#state?.connection !== 'offline')
            log(state);
        this.#state = state;
        if (connection === 'connecting' || connection === 'reconnecting') {
            this.#timer ??= setTimeout(() => {
                this.isLate = true;
                if (this.#state !== null)
                    log(this.#state);
                this.#changed();
            }, LATE_MS);
        }
        else {
            clearTimeout(this.#timer);
            this.#timer = undefined;
            this.isLate = false;
        }
    }
}
function log({ error }) {
    if (error !== null)
        console.warn(`baton-chat: ${error.message}`);
}
//# sourceMappingURL=reach-watch.js.map