import { StoreUnavailable } from '../../ports/session-store.js';
/**
 * The sessions whose running answer this replica may own, as the membership has them. Counted, because a session's next
 * answer may be asked for while its last one is still being put away.
 */
export class OwnedSessions {
    #membership;
    #address;
    #log;
    #onFirst;
    #entries = new Map();
    #closed = false;
    /** `onFirst`: something is entered where nothing was. */
    constructor(membership, address, log, onFirst = () => { }) {
        this.#membership = membership;
        this.#address = address;
        this.#log = log;
        this.#onFirst = onFirst;
    }
    /** Resolves once the others would find the session; only then may an answer of it be claimed. Rejects once this replica goes. */
    async enter(sessionId) {
        if (this.#closed)
            throw new StoreUnavailable('this replica is going');
        const entry = this.#entries.get(sessionId) ?? { count: 0, entered: Promise.resolve() };
        entry.count++;
        // Each time: an answer that was taken from this replica meanwhile is no longer listed as its own.
        entry.entered = this.#membership.track(sessionId);
        const isFirst = this.#entries.size === 0;
        this.#entries.set(sessionId, entry);
        const { entered } = entry;
        try {
            await entered;
            if (isFirst)
                this.#onFirst();
        }
        catch (error) {
            this.leave(sessionId);
            throw error;
        }
    }
    /** One reason less to be tracked. An entry that stays behind because the store is away costs a look, nothing more. */
    leave(sessionId) {
        const entry = this.#entries.get(sessionId);
        if (entry === undefined || --entry.count > 0)
            return;
        this.#entries.delete(sessionId);
        this.#membership.untrack(sessionId, this.#address).catch((err) => {
            this.#log.debug({ err, session: sessionId }, 'a session could not be untracked');
        });
    }
    has(sessionId) {
        return this.#entries.has(sessionId);
    }
    /** Nothing is entered any more; resolves once the others would find what was, so that this replica can be taken out. */
    async close() {
        this.#closed = true;
        await Promise.allSettled([...this.#entries.values()].map((entry) => entry.entered));
    }
    /** Enters everything again: this replica was taken for dead, and what it had tracked may have been cleared up. */
    async renew() {
        await Promise.all([...this.#entries.keys()].map((sessionId) => this.#membership.track(sessionId)));
    }
}
//# sourceMappingURL=owned-sessions.js.map