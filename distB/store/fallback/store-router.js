import { StoreUnavailable } from '../../ports/session-store.js';
import { visibleMessages } from './answers.js';
/**
 * Decides for each call which store answers it (G1): memory where the session is held or has to be from now on, else the
 * shared one. Where that fails, the call waits until it is certain whether the store is away, and goes on accordingly.
 */
export class StoreRouter {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** A call that only the shared store can answer. */
    async shared(call) {
        const { clock, health } = this.#options;
        const startedAt = clock.now();
        try {
            return await call();
        }
        catch (error) {
            if (error instanceof StoreUnavailable)
                health.failed(startedAt);
            throw error;
        }
    }
    /** A call that needs nothing of a session: the shared store's, or where that is certainly away, `here`. */
    async either(shared, here) {
        if (this.#options.health.isAway)
            return here();
        try {
            return await this.shared(shared);
        }
        catch (error) {
            await this.#despair(error, []);
            return here();
        }
    }
    /**
     * A call for one session. `bytes`: what a write may add to what is held, if it comes to that; null for what only reads.
     */
    async one(sessionId, call, bytes = null) {
        const { shared, held } = this.#options;
        for (;;) {
            if (this.#isHere(sessionId))
                return held.call(sessionId, call, bytes);
            try {
                const reply = await this.shared(() => call(shared));
                // Else it came so late that the session went on here meanwhile: as good as lost, and the call is repeated.
                if (!held.has(sessionId))
                    return reply;
            }
            catch (error) {
                await this.#despair(error, [sessionId]);
            }
        }
    }
    /** A call for many sessions. Each store is asked about those that are in it; replies in the order of `items`. */
    many(items, idOf, call) {
        const { shared, held } = this.#options;
        return divide(items, (item) => held.has(idOf(item)), (here) => call(held.memory, here), (there) => this.shared(() => call(shared, there)));
    }
    /** Appends to running answers, each where its session is. */
    async append(items) {
        const { held, health } = this.#options;
        if (held.size === 0 && !health.isAway)
            return this.#appendThere(items);
        const placed = items.filter(({ sessionId }) => this.#hasPlace(sessionId));
        const results = await divide(placed, ({ sessionId }) => this.#isHere(sessionId), (here) => held.append(here), (there) => this.#appendThere(there));
        if (placed.length === items.length)
            return results;
        return items.map((item) => results[placed.indexOf(item)] ?? 'later');
    }
    /** Whether the session can be served at all. */
    #hasPlace(sessionId) {
        try {
            this.#isHere(sessionId);
            return true;
        }
        catch (error) {
            if (error instanceof StoreUnavailable)
                return false;
            throw error;
        }
    }
    async #appendThere(items) {
        const { shared, held } = this.#options;
        try {
            const results = await this.shared(() => shared.append(items));
            const late = held.size === 0 ? [] : items.filter(({ sessionId }) => held.has(sessionId));
            if (late.length === 0)
                return results;
            const again = await this.append(late); // see `one`
            return items.map((item, i) => again[late.indexOf(item)] ?? results[i] ?? 'fenced');
        }
        catch (error) {
            await this.#despair(error, items.map(({ sessionId }) => sessionId));
            return this.append(items);
        }
    }
    /** A call failed: returns where it can be answered from memory, once that is certain, else throws. */
    async #despair(error, sessionIds) {
        const { held, health } = this.#options;
        if (!(error instanceof StoreUnavailable))
            throw error;
        await health.decided();
        if (!health.isAway && !sessionIds.some((id) => held.has(id)))
            throw error;
    }
    /** Whether the session is served from memory; starts it where that has to be. Throws where it cannot be (G1). */
    #isHere(sessionId) {
        const { held, health } = this.#options;
        if (held.has(sessionId))
            return true;
        if (!health.isAway)
            return false;
        const recall = this.#options.recall();
        const copy = recall?.copyOf(sessionId);
        if (recall === null || copy === undefined) {
            throw new StoreUnavailable('the session is not in this replica’s memory');
        }
        recall.held(sessionId, visibleMessages(held.take(copy.session, copy.messages, recall.runningOf(sessionId))));
        return true;
    }
}
/** Asks `here` about the items that are there and `there` about the others, both at once; replies in the order of `items`. */
async function divide(items, isHere, here, there) {
    const sides = items.map(isHere);
    const local = items.filter((_, i) => sides[i]);
    const others = items.filter((_, i) => !sides[i]);
    const [fromHere, fromThere] = await Promise.all([
        local.length === 0 ? [] : here(local),
        others.length === 0 ? [] : there(others),
    ]);
    let [nextHere, nextThere] = [0, 0];
    return sides.map((side) => (side ? fromHere[nextHere++] : fromThere[nextThere++]));
}
//# sourceMappingURL=store-router.js.map