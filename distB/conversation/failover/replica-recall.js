import { withRunningText } from '../../session/running-text.js';
/** What this replica knows of its sessions, for a store that goes on without its shared one (G). */
export class ReplicaRecall {
    #options;
    constructor(options) {
        this.#options = options;
    }
    copyOf(sessionId) {
        return this.#options.cache.get(sessionId);
    }
    runningOf(sessionId) {
        const { runner, address } = this.#options;
        const own = runner.of(sessionId);
        return own === undefined || own.state === 'lost' ? null : own.asRunning(address);
    }
    watchOf(sessionId) {
        return this.#options.feeds.watchOf(sessionId);
    }
    held(sessionId, messages) {
        this.#options.feeds.rebase(sessionId, messages);
    }
    interrupt(sessionId) {
        const { runner } = this.#options;
        const own = runner.of(sessionId);
        if (own !== undefined)
            runner.interrupt(own);
    }
    async returning() {
        await this.#options.ownedSessions.renew();
        void this.#options.feeds.rereadAll();
    }
    async tracked(sessionId, work) {
        const { ownedSessions } = this.#options;
        await ownedSessions.enter(sessionId);
        try {
            return await work();
        }
        finally {
            ownedSessions.leave(sessionId);
        }
    }
    released(sessionId, snapshot, { after, watchers }) {
        const { address, runner, takeover, feeds, cache, bus, clock } = this.#options;
        const own = runner.of(sessionId);
        const running = snapshot?.running ?? null;
        if (own !== undefined && (running?.messageId !== own.message.id || running.owner !== address))
            runner.lose(own);
        if (snapshot === null) {
            cache.drop(sessionId);
            feeds.doubt(sessionId);
            return feeds.look(sessionId); // another replica may bring it back
        }
        const { session, messages } = snapshot;
        cache.set({ session, messages: messages ?? [] });
        feeds.replace(session, withRunningText(messages ?? [], running), after);
        const others = watchers.filter((watcher) => watcher !== address);
        for (const watcher of others)
            bus.send(watcher, { kind: 'look', sessionId });
        if (running === null)
            return;
        if (own !== undefined && running.owner === address)
            runner.adoptEpoch(own, running, others);
        else
            clock.soon(() => takeover.meet(sessionId, running.owner));
    }
}
//# sourceMappingURL=replica-recall.js.map