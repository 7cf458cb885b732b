/** Sessions of one replica that are kept apart; where there are more, it is to look at all that it has. */
const MAX_SESSIONS = 1000;
/** The sessions of which other replicas were not told something, because a publication failed. Bounded per replica. */
export class Undelivered {
    /** By replica; null stands for all sessions. */
    #sessions = new Map();
    get isEmpty() {
        return this.#sessions.size === 0;
    }
    add(replica, messages) {
        const known = this.#sessions.get(replica) ?? new Set();
        for (const message of messages) {
            if (message.kind === 'message' || message.kind === 'delta' || message.kind === 'look')
                known.add(message.sessionId);
        }
        const isAll = known.has(null) || known.size > MAX_SESSIONS;
        if (known.size > 0)
            this.#sessions.set(replica, isAll ? new Set([null]) : known);
    }
    /** What each replica is to be told instead. Nothing is kept of it. */
    take() {
        const taken = [...this.#sessions].map(([replica, sessions]) => {
            const looks = [...sessions].map((sessionId) => ({ kind: 'look', sessionId }));
            return [replica, looks];
        });
        this.#sessions = new Map();
        return taken;
    }
}
//# sourceMappingURL=undelivered.js.map