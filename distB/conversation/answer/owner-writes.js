import { delay } from '../../ports/clock.js';
import { STORE_RETRY_MS, StoreUnavailable, } from '../../ports/session-store.js';
import { replicaOf } from '../../session/address.js';
/** What the owner of an answer has to tell the store of it, for as long as that takes. Rejects with what is no outage. */
export class OwnerWrites {
    #options;
    constructor(options) {
        this.#options = options;
    }
    /** Begins the answer's next attempt, `message`, from nothing. */
    restart(answer, message) {
        const { sessionId, epoch } = answer;
        return this.#asOwner(answer, () => this.#options.store.restart({ sessionId, epoch, message }));
    }
    /** Writes the answer's end. `at` is `last_activity`. Null where the answer was lost meanwhile. */
    async finish(answer, end, at) {
        const { store } = this.#options;
        const { sessionId } = answer;
        for (;;) {
            // Read at each try: meanwhile the answer may have been given another epoch or seq (G2).
            const current = () => ({ ...end, seq: answer.message.seq, attempt: answer.message.attempt });
            let { epoch } = answer;
            const finished = await this.#asOwner(answer, () => {
                epoch = answer.epoch;
                return store.finish({ sessionId, epoch, message: current(), at });
            });
            if (finished.kind === 'finished')
                return { message: current(), finished };
            if ((await this.ownershipOf(answer, epoch)) !== 'ours')
                return null;
        }
    }
    /**
     * Whether the running answer is still this replica's in the store: under another epoch than `refused`, which it takes together
     * with the attempt (G4), or with less text than was confirmed, which is then to be stored again. It is
     * `theirs` where another replica added text in between, even if a later claim of this one took it back: that claim goes on with it (F1).
     */
    async ownershipOf(answer, refused) {
        if (answer.state === 'lost')
            return 'theirs';
        const { store, address } = this.#options;
        const { id, seq, createdAt } = answer.message;
        const snapshot = await this.#persistently(() => store.read(answer.sessionId, seq - 1));
        const asStored = snapshot?.messages?.find((message) => message.id === id);
        if (snapshot === null)
            return 'gone';
        if (asStored?.createdAt !== createdAt)
            return 'theirs'; // it ended, and was asked for again: nobody had a reply to either
        if (!this.#options.isProduced(answer))
            return 'theirs'; // it is of a later claim of this replica
        const { running, session } = snapshot;
        if (running === null)
            return asStored.status === 'streaming' && session.version === answer.epoch ? 'broken' : 'theirs';
        if (running.messageId !== id || running.owner !== address)
            return 'theirs';
        if (answer.state === 'restarting')
            return 'theirs'; // it is of the next attempt, which the restart itself will take
        if (running.isTextLost)
            return 'broken';
        if (running.epoch === refused)
            return answer.rewind(running) ? 'ours' : 'theirs';
        const isKnown = running.epoch === answer.epoch;
        if (!isKnown && !answer.isOnlyOf(running.contributors, replicaOf(address)))
            return 'theirs';
        answer.epoch = running.epoch;
        answer.message = { ...answer.message, attempt: running.attempt };
        return 'ours';
    }
    /** Repeats an owner's write until the store answers it, or the bus has told that the answer is another's: the store, while away, would not know. */
    #asOwner(answer, write) {
        return this.#persistently(async () => (answer.state === 'lost' ? { kind: 'fenced' } : write()));
    }
    /** Repeats a call that can be repeated until the store answers it. Rejects with what is no outage. */
    async #persistently(call) {
        const { clock, log } = this.#options;
        for (;;) {
            try {
                return await call();
            }
            catch (err) {
                if (!(err instanceof StoreUnavailable))
                    throw err;
                log.warn({ err }, 'the store is away, trying again');
                await delay(clock, STORE_RETRY_MS, new AbortController().signal);
            }
        }
    }
}
//# sourceMappingURL=owner-writes.js.map