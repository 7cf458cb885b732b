/** Refreshes the TTL of sessions with a running answer (S3), once a second instead of at each append. */
export class TtlRefresher {
    #options;
    #closed = false;
    constructor(options) {
        this.#options = options;
        this.#schedule();
    }
    close() {
        this.#closed = true;
    }
    #schedule() {
        const { clock, ttlSeconds } = this.#options;
        clock.after(Math.min(1000, (ttlSeconds * 1000) / 3), () => {
            if (!this.#closed)
                void this.#keep().finally(() => this.#schedule());
        });
    }
    async #keep() {
        const { store, log, runner, publisher } = this.#options;
        const answers = runner.running.filter((answer) => answer.state === 'streaming');
        if (answers.length === 0)
            return;
        const known = answers.map((answer) => [...answer.watchers]); // who is added while the store is asked is not gone
        const asked = answers.map(({ sessionId, epoch }) => ({ sessionId, epoch }));
        try {
            const kept = await store.keep(asked);
            for (const [i, answer] of answers.entries()) {
                if (answer.state !== 'streaming' || answer.epoch !== asked[i]?.epoch)
                    continue; // it is not what was asked about
                const watchers = kept[i] ?? null;
                if (watchers === null)
                    this.#fenced(answer);
                else
                    publisher.kept(answer, watchers, known[i]?.filter((watcher) => !watchers.includes(watcher)) ?? []);
            }
        }
        catch (err) {
            log.warn({ err, answers: answers.length }, 'keeping running answers alive failed');
        }
    }
    #fenced(answer) {
        answer.become('checking');
        void this.#options.takeover.afterRefusal(answer, answer.epoch);
    }
}
//# sourceMappingURL=ttl-refresher.js.map