import { delay } from '../../ports/clock.js';
import { STORE_RETRY_MS, StoreUnavailable } from '../../ports/session-store.js';
import { atOnce } from '../../session/at-once.js';
import { Returning } from './returning.js';
/** Sessions that are written back at the same time. */
const AT_ONCE = 16;
/** How long the end of a write-back is waited for at the end. */
const CLOSE_MS = 2000;
/** Writes what is held back once the shared store is usable again: by itself, for as long as that takes (G2). */
export class WriteBack {
    #options;
    /** Outages so far, and the last one that this replica has returned from. */
    #outages = 0;
    #returned = 0;
    #running = null;
    #closed = false;
    constructor(options) {
        this.#options = options;
    }
    /** The store went away: what this replica owns has to be listed there anew. */
    storeAway() {
        this.#outages++;
    }
    /** The store takes writes again. */
    storeBack() {
        this.#running ??= this.#run();
    }
    /** Waits, not for ever, for what is under way. */
    async close() {
        const { clock, health } = this.#options;
        const patience = new AbortController();
        if (!health.isAway)
            await Promise.race([this.#running, delay(clock, CLOSE_MS, patience.signal).catch(() => { })]);
        patience.abort();
        this.#closed = true;
    }
    async #run() {
        const { clock, held, log, health, onDone } = this.#options;
        while (!health.isAway && !this.#closed) {
            if (await this.#return())
                await this.#bringAll();
            if (this.#returned === this.#outages && held.size === 0) {
                log.info({}, 'all that was held is in the store');
                onDone();
                break;
            }
            await new Promise((resolve) => clock.after(STORE_RETRY_MS, resolve));
        }
        this.#running = null;
    }
    /** Whether this replica is known in the shared store again by what it owns. */
    async #return() {
        const outages = this.#outages;
        if (this.#returned === outages)
            return true;
        try {
            await this.#options.recall()?.returning();
            this.#returned = outages;
        }
        catch (err) {
            this.#options.log.warn({ err }, 'what this replica owns is not listed yet, trying again');
        }
        return this.#returned === this.#outages;
    }
    async #bringAll() {
        const { held, health } = this.#options;
        const recall = this.#options.recall();
        if (recall === null)
            return;
        await atOnce(AT_ONCE, held.all(), async (session) => {
            if (!health.isAway)
                await this.#bring(session, recall);
        });
    }
    /** What cannot be brought back now is tried again; what never can, because it is a fault and no outage, is given up. */
    async #bring(session, recall) {
        const { shared, held, health, owner, clock, log, meter } = this.#options;
        const release = () => held.release(session);
        try {
            const isBack = await new Returning(session, { shared, memory: held.memory, owner, recall, release }).run();
            if (isBack)
                meter.returned(1, { outcome: 'returned' });
            else
                log.debug({ session: session.id }, 'a held session has to wait for another answer');
        }
        catch (err) {
            if (err instanceof StoreUnavailable) {
                log.warn({ err, session: session.id }, 'bringing a held session back failed, trying again');
                return health.failed(clock.now());
            }
            log.error({ err, session: session.id }, 'a held session cannot be brought back and is given up');
            meter.returned(1, { outcome: 'given_up' });
            release();
            recall.released(session.id, null, { after: 0, watchers: [] });
        }
    }
}
//# sourceMappingURL=write-back.js.map