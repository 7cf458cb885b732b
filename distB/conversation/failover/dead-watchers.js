import { atOnce } from '../../session/at-once.js';
/** Until who was not reached is looked at: a connection that broke comes back meanwhile. */
const LOOK_MS = 1000;
/** Sessions of one replica that are kept until then. Of more, the next message shows it again. */
const MAX_SESSIONS = 1000;
const AT_ONCE = 16;
/**
 * Ends the watches that a dead replica left behind: else everything that happens in its sessions would be sent to nobody until
 * they expire. That a message reached nobody is a sign, no more: a replica whose lease stands, or which is connected, stays.
 */
export class DeadWatchers {
    #options;
    #sessions = new Map();
    constructor(options) {
        this.#options = options;
    }
    /** What was told of a session has reached nobody at that replica. */
    unreached(replica, sessionId) {
        const known = this.#sessions.get(replica);
        if (known !== undefined) {
            if (known.size < MAX_SESSIONS)
                known.add(sessionId);
            return;
        }
        this.#sessions.set(replica, new Set([sessionId]));
        this.#options.clock.after(LOOK_MS, () => void this.#look(replica));
    }
    async #look(replica) {
        const { store, membership, log } = this.#options;
        const sessions = [...(this.#sessions.get(replica) ?? [])];
        this.#sessions.delete(replica);
        try {
            const [seen] = await membership.liveness([replica]);
            if (seen === undefined || seen.connected || seen.leaseMs > 0)
                return;
            await atOnce(AT_ONCE, sessions, (sessionId) => store.unwatch(sessionId, { watcher: replica, id: null }));
        }
        catch (err) {
            log.debug({ err, replica }, 'the watches of a replica that was not reached were not ended'); // the next message shows it again
        }
    }
}
//# sourceMappingURL=dead-watchers.js.map