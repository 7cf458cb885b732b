import { delay } from '../../ports/clock.js';
import { StoreUnavailable } from '../../ports/session-store.js';
import { atOnce } from '../../session/at-once.js';
import { rendezvous } from './rendezvous.js';
/** Answers that are being taken over, or sessions looked at, at the same time; the rest of a dead replica's waits its turn. */
const AT_ONCE = 16;
/** After the first look at what is tracked, in milliseconds; every further pause is twice as long. */
const FIRST_PAUSE_MS = 250;
/**
 * What one dead replica has left (F2). While it is open its heirs take over what they find, and mark it as taken; once it is
 * closed they look at all of it again, and untrack it. In the first round of each phase a replica does its share only, so
 * that the work is spread, and then whatever others have left undone.
 */
export class DeadReplicaRecovery {
    #dead;
    #options;
    #rounds = { open: 0, closed: 0 };
    /** All sessions that were found listed. */
    #seen = new Set();
    #openUntil;
    constructor(dead, options) {
        this.#dead = dead;
        this.#options = options;
        this.#openUntil = options.clock.now() + options.leaseMs;
    }
    /** Resolves once nothing is left, or the replica turned out to be alive. Never rejects. */
    async run() {
        const { clock, leaseMs, log, signal } = this.#options;
        while (!signal.aborted) {
            const phase = clock.now() < this.#openUntil ? 'open' : 'closed';
            let pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#rounds[phase], leaseMs);
            try {
                if (await this.#round(phase))
                    return;
            }
            catch (err) {
                log.warn({ err, dead: this.#dead }, 'taking over from a dead replica failed, trying again');
                this.#openUntil = clock.now() + leaseMs; // its calls may have been held up, too
                pauseMs = FIRST_PAUSE_MS;
            }
            await delay(clock, pauseMs, signal).catch(() => { });
        }
    }
    /** One look through the list; true where there is nothing to come back for. */
    async #round(phase) {
        const { membership, detector } = this.#options;
        const dead = this.#dead;
        const tracked = await membership.sessionsOf(dead);
        if (tracked.length === 0 && (await membership.remove(dead))) {
            detector.forget(dead);
            await this.#lookAt([...this.#seen]);
            return true;
        }
        if (this.#rounds.open > 0 && !(await detector.isDead(dead))) {
            detector.revive(dead);
            return true;
        }
        await detector.readMembers(); // one that has just started takes its share, too
        await this.#takeAll(this.#due(tracked, phase), phase);
        const unseen = tracked.map(({ sessionId }) => sessionId).filter((sessionId) => !this.#seen.has(sessionId));
        for (const sessionId of unseen)
            this.#seen.add(sessionId);
        await this.#lookAt(unseen);
        this.#rounds[phase]++;
        return false;
    }
    async #lookAt(queue) {
        await atOnce(AT_ONCE, queue, (sessionId) => this.#options.look(sessionId));
    }
    #due(tracked, phase) {
        const { address, detector } = this.#options;
        const heirs = [address, ...detector.heirs.filter((other) => other !== this.#dead)].sort();
        const isShared = this.#rounds[phase] === 0;
        return tracked.filter(({ sessionId, taken }) => {
            if (phase === 'open' && taken)
                return false;
            return !isShared || rendezvous(sessionId, heirs) === address;
        });
    }
    async #takeAll(queue, phase) {
        await atOnce(AT_ONCE, queue, ({ sessionId }) => this.#take(sessionId, phase));
    }
    async #take(sessionId, phase) {
        const { membership } = this.#options;
        const dead = this.#dead;
        const isTaken = await this.#adopts(sessionId, phase);
        if (phase === 'closed')
            await membership.untrack(sessionId, dead);
        else if (isTaken)
            await membership.take(sessionId, dead);
    }
    /** A session that cannot be read holds up no other. */
    async #adopts(sessionId, phase) {
        const { adopt, ownerOf, log } = this.#options;
        const dead = this.#dead;
        // At first nearly every session has an answer; later hardly one, and to take it reads the whole session.
        const isLikely = this.#rounds.open === 0 && phase === 'open';
        try {
            return (isLikely || (await ownerOf(sessionId)) === dead) && (await adopt(sessionId, dead));
        }
        catch (err) {
            if (err instanceof StoreUnavailable)
                throw err;
            log.error({ err, session: sessionId, dead }, 'an answer of a dead replica cannot be taken over');
            return false;
        }
    }
}
//# sourceMappingURL=dead-replica-recovery.js.map